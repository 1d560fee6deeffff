import type { PackageJson } from '../../custody/account/events.js';
import type { ReadModelDatabase } from '../read-model-database.js';

/** Manifests kept parsed: many serials come through the same few of the centre and the provinces. */
const MOST_KEPT = 256;

const kept = new WeakMap<ReadModelDatabase, Map<string, readonly PackageJson[]>>();

/** The packages of a shipment as they were sent, which never changes. None where there is no such shipment. */
export function packagesOf(
  database: ReadModelDatabase,
  shipmentId: string,
): readonly PackageJson[] {
  const manifests = kept.get(database) ?? new Map<string, readonly PackageJson[]>();
  kept.set(database, manifests);
  const known = manifests.get(shipmentId);
  if (known !== undefined) return known;
  const row = database.get('SELECT packages FROM shipment WHERE shipment_id = ?', shipmentId);
  if (row === undefined) return [];
  const packages = JSON.parse(String(row.packages)) as readonly PackageJson[];
  const [oldest] = manifests.keys();
  if (manifests.size >= MOST_KEPT && oldest !== undefined) manifests.delete(oldest);
  manifests.set(shipmentId, packages);
  return packages;
}
