import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { isCalendarDate } from '../../custody/facilities/facility.js';
import { isOccurredAt, type OccurredAt } from '../../custody/occurrence.js';
import { rangesOfJson } from '../../custody/serials/serial-set-json.js';
import type { JsonObject } from '../event-store.js';
import {
  COMMON_DEFINITIONS,
  COMMON_ID,
  NORMAL_FORM_KEYWORD,
  OCCURRENCE_KEYWORD,
} from './schemas/common.js';

/** What is wrong with a value: a JSON pointer (RFC 6901; '' is the whole value) and words. */
interface SchemaFault {
  readonly pointer: string;
  readonly message: string;
}

/** The first fault of a value, or null when it fits the schema. */
export type SchemaCheck = (value: unknown) => SchemaFault | null;

/** `date-time` as the ledger writes it: a real instant in UTC, no leap seconds. */
function isInstant(text: string): boolean {
  const instant = Date.parse(text);
  // Date.parse takes 30 February for 1 March; writing it back shows the difference.
  return !Number.isNaN(instant) && new Date(instant).toISOString().startsWith(text.slice(0, 19));
}

function isNormalForm(value: unknown): boolean {
  try {
    rangesOfJson(value);
    return true;
  } catch {
    return false;
  }
}

const ajv = new Ajv2020({
  strict: true,
  // A nullable text is written as the union of two types.
  allowUnionTypes: true,
  // An empty or misspelt list of tuples would be silently accepted otherwise.
  strictTuples: true,
  discriminator: true,
  allErrors: false,
});
ajv.addFormat('date', { type: 'string', validate: isCalendarDate });
ajv.addFormat('date-time', { type: 'string', validate: isInstant });
ajv.addKeyword({
  keyword: NORMAL_FORM_KEYWORD,
  type: 'array',
  schemaType: 'boolean',
  errors: false,
  validate: (_isOn: boolean, value: unknown) => isNormalForm(value),
});
ajv.addKeyword({
  keyword: OCCURRENCE_KEYWORD,
  type: 'object',
  schemaType: 'boolean',
  errors: false,
  validate: (_isOn: boolean, value: OccurredAt) => isOccurredAt(value),
});
ajv.addSchema({ $id: COMMON_ID, $defs: COMMON_DEFINITIONS });

/** Compiles a schema, once, at its first use: most programs meet only a few of the types. */
export function schemaCheck(schema: JsonObject): SchemaCheck {
  let validate: ValidateFunction | null = null;
  return (value) => {
    validate ??= ajv.compile(schema);
    return validate(value) ? null : faultOf(validate.errors ?? []);
  };
}

/** Of a choice each branch reports its own error: the deepest one is nearest to what was meant. */
function faultOf(errors: readonly ErrorObject[]): SchemaFault {
  const deepest = errors.reduce((best, error) =>
    depthOf(error.instancePath) > depthOf(best.instancePath) ? error : best,
  );
  const { instancePath, keyword, message = 'does not fit its schema' } = deepest;
  const params = deepest.params as Readonly<Record<string, unknown>>;
  switch (keyword) {
    case 'additionalProperties':
      return {
        pointer: `${instancePath}/${escapePointer(String(params.additionalProperty))}`,
        message: 'is a field the schema does not know',
      };
    case 'discriminator':
      return {
        pointer: `${instancePath}/${escapePointer(String(params.tag))}`,
        message: params.tagValue === undefined ? 'is missing' : 'is none of the values it may have',
      };
    case 'required':
      return {
        pointer: `${instancePath}/${escapePointer(String(params.missingProperty))}`,
        message: 'is missing',
      };
    default:
      return { pointer: instancePath, message };
  }
}

function depthOf(pointer: string): number {
  return pointer.split('/').length;
}

function escapePointer(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
