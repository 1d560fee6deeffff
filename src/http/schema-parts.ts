import { LEVELS } from '../custody/facilities/facility-code.js';
import { DECIMAL } from './open-api-schemas.js';

/** As much of an OpenAPI 3.0 schema as answers need. */
export interface Schema {
  readonly type: string;
  readonly description?: string;
  readonly nullable?: boolean;
  readonly format?: string;
  readonly enum?: string[];
}
export type Part = Schema | { readonly $ref: string };

export const TEXT: Schema = { type: 'string' };
export const INSTANT = { type: 'string', format: 'date-time', description: 'ISO 8601, UTC.' };
export const COUNT = { type: 'integer', minimum: 0 };
export const FLAG: Schema = { type: 'boolean' };
export const POSITION = {
  ...DECIMAL,
  description: 'The position of the log the answer holds for.',
};
export const LEVEL = { type: 'string', enum: [...LEVELS] };

export function object(properties: Readonly<Record<string, Part>>) {
  return { type: 'object', required: Object.keys(properties), properties };
}

export function list(items: Part) {
  return { type: 'array', items };
}

export function orNull<S extends Schema>(schema: S) {
  return { ...schema, nullable: true };
}

export function said<S extends Schema>(schema: S, description: string) {
  return { ...schema, description };
}

export function ref(name: string): { readonly $ref: string } {
  return { $ref: `#/components/schemas/${name}` };
}

export const NEXT = said(
  orNull(TEXT),
  'Give it as `cursor` for the page that follows; null at the end.',
);

export function page(items: Part) {
  return pageWith(items, {});
}

/** A page that says more than its items. */
export function pageWith(items: Part, more: Readonly<Record<string, Part>>) {
  return object({ items: list(items), next: NEXT, ...more, position: POSITION });
}

export function withOptional(
  properties: Readonly<Record<string, Part>>,
  optional: Readonly<Record<string, Part>>,
) {
  return { ...object(properties), properties: { ...properties, ...optional } };
}

export const OCCURRED_AT = object({ value: TEXT, precision: TEXT, zone: TEXT });
export const OFFICER = object({ id: TEXT, role: TEXT, facilityId: TEXT });
