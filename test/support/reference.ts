import { SETTINGS_REFERENCE } from '../../src/settings.js';
import { FACILITY_REJECTIONS } from '../../src/custody/facilities/facility-rejection.js';
import { REJECTIONS } from '../../src/custody/rejection.js';
import { EVENT_TYPES, type EventType } from '../../src/event-store/codec/event-codec.js';
import { METADATA_SCHEMA } from '../../src/event-store/codec/event-metadata.js';
import { COMMON_DEFINITIONS, COMMON_ID } from '../../src/event-store/codec/schemas/common.js';
import type { JsonObject, JsonValue } from '../../src/event-store/event-store.js';
import { goldenFileOf, readGolden } from './golden-events.js';

const GENERATED =
  '<!-- Generated from the source: UPDATE_REFERENCE=1 npm test -- test/reference -->';

const STREAMS: Readonly<Record<EventType['category'], string>> = {
  custody: 'Custody accounts: streams `custody-<account>`',
  finding: 'Findings: streams `finding-<id>`',
  demand: 'Demand: streams `demand-<facilityId>`',
  register: 'The register of facilities: stream `register-facilities`',
};

/** Text of `docs/reference/rejections.md`. */
export function rejectionsReference(): string {
  return page(
    '# Rejections',
    GENERATED,
    'A refused command changes nothing and returns one code. Where several apply, the one that ' +
      'stands first is returned. Rejections are not stored: a retry is decided anew.',
    '## Custody, findings and demand',
    table(['', 'code', 'meaning'], numbered(REJECTIONS)),
    '## The register of facilities',
    table(['', 'code', 'meaning'], numbered(FACILITY_REJECTIONS)),
  );
}

/** Text of `docs/reference/events.md`. */
export function eventsReference(): string {
  const sections = (Object.keys(STREAMS) as EventType['category'][]).flatMap((category) => [
    `## ${STREAMS[category]}`,
    ...EVENT_TYPES.filter((type) => type.category === category).flatMap(eventSection),
  ]);
  const forms = Object.entries(COMMON_DEFINITIONS).flatMap(([name, schema]) => [
    `### ${name}`,
    scalar(schema.description),
    ...formSection(schema),
  ]);
  return page(
    '# Events',
    GENERATED,
    'What the ledger stores, for good: a shape is never changed, new needs get a new version, and ' +
      'old ones are upcast when they are read. Data and metadata are JSON objects in the canonical ' +
      'form of RFC 8785. Every field is present unless marked `?`, none is unknown, every number is ' +
      'a safe integer. The same as JSON Schema: [events.schema.json](events.schema.json).',
    ...sections,
    '## Metadata of every event',
    fieldsTable(METADATA_SCHEMA),
    '## Forms',
    ...forms,
  );
}

export function page(...paragraphs: readonly string[]): string {
  return `${paragraphs.join('\n\n')}\n`;
}

/** Text of `docs/reference/events.schema.json`: every version of every type, and their metadata. */
export function eventsSchema(): string {
  const versions = EVENT_TYPES.flatMap(({ type, schemas }) =>
    schemas.map((schema, index): [string, JsonObject] => [`${type}.v${index + 1}`, schema]),
  );
  const bundle = {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $defs: {
      ...COMMON_DEFINITIONS,
      metadata: METADATA_SCHEMA,
      ...Object.fromEntries(versions),
    },
  };
  return JSON.stringify(bundle, null, 2).replaceAll(`"${COMMON_ID}#/`, '"#/') + '\n';
}

function numbered(meanings: Readonly<Record<string, string>>): readonly (readonly string[])[] {
  return Object.entries(meanings).map(([code, meaning], index) => [
    String(index + 1),
    `\`${code}\``,
    meaning,
  ]);
}

function eventSection({ type, version, meaning, schema }: EventType): readonly string[] {
  const example = JSON.stringify(readGolden(goldenFileOf(type, version)).data);
  return [
    `### ${type}`,
    `Version ${version}. ${meaning}`,
    fieldsTable(schema),
    `\`\`\`json\n${example}\n\`\`\``,
  ];
}

function formSection(schema: JsonObject): readonly string[] {
  return schema.properties === undefined ? [formOf(schema)] : [fieldsTable(schema)];
}

function fieldsTable(schema: JsonObject): string {
  const rows = Object.entries(asObject(schema.properties)).map(([field, form]) => {
    const schema = asObject(form);
    return [`\`${field}\``, formOf(schema), scalar(schema.description)];
  });
  return table(['field', 'form', ''], rows);
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.map(escapeBar).join(' | ')} |`).join('\n');
}

function escapeBar(cell: string): string {
  return cell.replaceAll('|', '\\|');
}

/** A schema in words. */
function formOf(schema: JsonObject): string {
  if (typeof schema.$ref === 'string') {
    const name = schema.$ref.slice(schema.$ref.lastIndexOf('/') + 1);
    return `[${name}](#${name.toLowerCase()})`;
  }
  const choice = schema.anyOf ?? schema.oneOf;
  if (choice !== undefined) return asList(choice).map(formOf).join(' or ');
  const types = typeof schema.type === 'string' ? [schema.type] : asTexts(schema.type);
  return types.map((type) => formOfType(type, schema)).join(' or ');
}

function formOfType(type: string, schema: JsonObject): string {
  switch (type) {
    case 'null':
    case 'boolean':
      return type;
    case 'integer':
      return integerForm(schema);
    case 'string':
      return textForm(schema);
    case 'array':
      return `${schema.minItems === 2 ? 'pair' : 'list'} of ${formOf(asObject(schema.items))}`;
    case 'object':
      return objectForm(schema);
    default:
      throw new Error(`the reference has no words for the type ${type}`);
  }
}

function integerForm({ minimum, maximum }: JsonObject): string {
  const isBounded = maximum !== Number.MAX_SAFE_INTEGER;
  return `integer ${scalar(minimum)}..${isBounded ? scalar(maximum) : ''}`;
}

function textForm(schema: JsonObject): string {
  if (schema.enum !== undefined) {
    return asTexts(schema.enum)
      .map((value) => `\`${value}\``)
      .join(', ');
  }
  if (typeof schema.pattern === 'string') return `\`${schema.pattern}\``;
  return schema.minLength === 0 ? 'text' : 'text, not empty';
}

function objectForm(schema: JsonObject): string {
  const fields = Object.entries(asObject(schema.properties));
  const optional = asTexts(schema.required).length === 0 ? '?' : '';
  const parts = fields.map(([field, form]) => `\`${field}\`${optional}: ${formOf(asObject(form))}`);
  return `{ ${parts.join('; ')} }`;
}

function asObject(value: JsonValue | undefined): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new Error('a schema has no object where the reference needs one');
  }
  return value as JsonObject;
}

function asList(value: JsonValue | undefined): readonly JsonObject[] {
  if (!Array.isArray(value)) throw new Error('a schema has no list where the reference needs one');
  return value.map(asObject);
}

function asTexts(value: JsonValue | undefined): readonly string[] {
  if (!Array.isArray(value)) throw new Error('a schema has no list where the reference needs one');
  return value.map(String);
}

/** A text or number of a schema; nothing where it has none. */
function scalar(value: JsonValue | undefined): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** The table of settings in the README. */
export function settingsTable(): string {
  const rows = SETTINGS_REFERENCE.map(
    ({ name, byDefault, meaning }) => `| \`${name}\` | ${quoted(byDefault)} | ${meaning} |`,
  );
  return ['| variable | default | meaning |', '| --- | --- | --- |', ...rows].join('\n');
}

function quoted(byDefault: string): string {
  return byDefault === '-' ? '-' : `\`${byDefault}\``;
}
