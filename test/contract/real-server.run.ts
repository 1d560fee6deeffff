import { connect } from '../../src/event-store/eventstoredb/connection-string.js';
import { adapterTarget } from './adapter-target.js';
import { eventStoreContract } from './event-store.contract.js';

/* `EVENTSTOREDB_URL=… npm run test:eventstoredb`: the contract on a server of one's own. It only adds to it. */

const connectionString = process.env['EVENTSTOREDB_URL'] ?? '';
if (connectionString === '')
  throw new Error('EVENTSTOREDB_URL names no server, e.g. esdb://127.0.0.1:2113?tls=false');
const { client, hosts } = connect(connectionString);
void client.dispose();

eventStoreContract(`adapter over ${hosts}`, {
  capabilities: { startsEmpty: false, reopens: true, countsFetches: true },
  open: () => adapterTarget(connectionString),
});
