import { parseAccountId, type AccountId, type ShipmentId } from '../custody/account/account-id.js';
import type { Approval, EntryFields } from '../custody/account/events.js';
import { parseFacilityId, type FacilityId } from '../custody/facilities/facility-code.js';
import { isOccurredAt, type OccurredAt } from '../custody/occurrence.js';
import {
  REJECTION_CODES,
  reject,
  type Rejection,
  type RejectionCode,
} from '../custody/rejection.js';
import {
  parseSerialNumber,
  type Parsed,
  type SerialNumber,
} from '../custody/serials/serial-number.js';
import { MAX_RANGES_PER_EVENT } from '../custody/serials/serial-range.js';
import { SerialSet } from '../custody/serials/serial-set.js';
import type { ApprovalBody, EntryBody, OccurredAtBody } from './entry.body.js';

/**
 * Turns the texts of a body into codes, sets and times. It never stops at the first fault: the
 * values it returns are to be used only while {@link rejection} is null, which otherwise is the
 * first fault by precedence.
 */
export class BodyReader {
  private first: (Rejection & { readonly code: RejectionCode }) | null = null;

  get rejection(): Rejection | null {
    return this.first;
  }

  refuse(code: RejectionCode, pointer: string, message?: string): void {
    const rank = (of: { readonly code: RejectionCode }): number => REJECTION_CODES.indexOf(of.code);
    const fault = {
      ...reject(code, {
        pointer,
        ...(message === undefined ? {} : { details: { reason: message } }),
      }),
      code,
    };
    if (this.first === null || rank(fault) < rank(this.first)) this.first = fault;
  }

  account(text: string, pointer: string): AccountId {
    return parseAccountId(text) ?? (this.malformed(text, pointer) as AccountId);
  }

  facility(text: string, pointer: string): FacilityId {
    return parseFacilityId(text) ?? (this.malformed(text, pointer) as FacilityId);
  }

  /**
   * A number no shipment can have is one no shipment has: found out when it is looked for, so that
   * `shipment_not_found` keeps its place in the order of refusals.
   */
  shipment(text: string): ShipmentId {
    return text as ShipmentId;
  }

  code<T>(parsed: T | null, text: string, pointer: string): T {
    return parsed ?? (this.malformed(text, pointer) as T);
  }

  serials(texts: readonly string[] | undefined, pointer: string): SerialSet {
    if (texts === undefined || texts.length === 0) return SerialSet.empty;
    if (texts.length > MAX_RANGES_PER_EVENT) this.refuse('too_many_ranges', pointer);
    return this.parsed(SerialSet.parse(texts), pointer, SerialSet.empty);
  }

  serial(text: string, pointer: string): SerialNumber {
    const parsed = parseSerialNumber(text);
    if (!parsed.ok) this.refuse(parsed.error.code, pointer, parsed.error.message);
    return parsed.ok ? parsed.value : (text as unknown as SerialNumber);
  }

  time({ value, precision, zone }: OccurredAtBody, pointer: string): OccurredAt {
    const at = { value, precision, zone };
    if (!isOccurredAt(at)) this.refuse('time_malformed', pointer);
    return at;
  }

  entry(body: EntryBody): EntryFields {
    return {
      occurredAt: this.time(body.occurredAt, '/occurredAt'),
      documents: (body.documents ?? []).map(({ kind, number, sha256 }) => ({
        kind,
        number,
        sha256,
      })),
      note: body.note ?? '',
    };
  }

  approval(body: ApprovalBody | null | undefined): Approval | null {
    if (body === null || body === undefined) return null;
    const { id, role, facilityId } = body.by;
    return { by: { id, role, facilityId }, at: instant(body.at), contentHash: body.contentHash };
  }

  private parsed<T>(parsed: Parsed<T>, pointer: string, otherwise: T): T {
    if (parsed.ok) return parsed.value;
    const { code, message, at } = parsed.error;
    this.refuse(code, `${pointer}/${String(at)}`, message);
    return otherwise;
  }

  private malformed(text: string, pointer: string): unknown {
    this.refuse('code_malformed', pointer);
    return text;
  }
}

/** An instant in UTC, as stored. */
export function instant(text: string): string {
  return new Date(text).toISOString();
}
