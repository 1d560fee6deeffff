import { FACILITY_REJECTIONS } from '../custody/facilities/facility-rejection.js';
import { REJECTIONS } from '../custody/rejection.js';
import { REJECTION_STATUS, type LedgerRefusal } from './rejection-status.js';

const REFUSALS: Readonly<Record<LedgerRefusal, string>> = { ...FACILITY_REJECTIONS, ...REJECTIONS };

interface ProblemType {
  readonly status: number;
  readonly meaning: string;
}

/** What this interface itself refuses, besides the refusals of the ledger. */
export const INTERFACE_PROBLEMS = {
  url_malformed: { status: 400, meaning: 'The address is not well-formed.' },
  request_malformed: { status: 400, meaning: 'The request is not well-formed HTTP.' },
  json_malformed: { status: 400, meaning: 'The body is not well-formed JSON in UTF-8.' },
  json_too_deep: { status: 400, meaning: 'The body nests deeper than 20 levels.' },
  json_duplicate_key: { status: 400, meaning: 'A name stands twice in one object of the body.' },
  json_forbidden_key: {
    status: 400,
    meaning:
      'Names that every object inherits, such as __proto__ and constructor, may not stand in a body.',
  },
  json_number_inexact: {
    status: 400,
    meaning:
      'A number is not a whole number between -(2^53 - 1) and 2^53 - 1 written in plain digits.',
  },
  body_required: { status: 400, meaning: 'The request needs a JSON object as its body.' },
  body_invalid: { status: 400, meaning: 'A field is unknown, missing or of the wrong form.' },
  parameter_unknown: { status: 400, meaning: 'The route has no such query parameter.' },
  parameter_invalid: { status: 400, meaning: 'A query parameter is not in its form.' },
  moment_invalid: {
    status: 422,
    meaning: 'A moment is a day, an instant with its offset or position:N, and not in the future.',
  },
  idempotency_key_missing: { status: 400, meaning: 'A write needs the header Idempotency-Key.' },
  idempotency_key_malformed: {
    status: 400,
    meaning: 'Idempotency-Key is one header of 1 to 128 of A-Z, a-z, 0-9, ".", "_", ":" and "-".',
  },
  correlation_id_malformed: { status: 400, meaning: 'X-Correlation-Id is one UUID.' },
  actor_missing: { status: 401, meaning: 'A write needs the header X-Blangko-Actor.' },
  actor_malformed: {
    status: 401,
    meaning: 'X-Blangko-Actor is written id;role;facilityId, e.g. `sari;custodian;31.71`.',
  },
  not_from_this_machine: {
    status: 403,
    meaning: 'Requests are taken from this machine only, under a name of this machine.',
  },
  not_found: {
    status: 404,
    meaning: 'There is no such route, or nothing on record under the name in the address.',
  },
  request_timeout: { status: 408, meaning: 'The request did not arrive in time.' },
  idempotency_key_in_flight: {
    status: 409,
    meaning: 'The command with this key is being carried out; ask again for its outcome.',
  },
  too_many_webhooks: { status: 409, meaning: 'There are as many webhooks as can be.' },
  rebuild_under_way: {
    status: 409,
    meaning: 'The read models are being rebuilt already, or another process writes them.',
  },
  body_too_large: { status: 413, meaning: 'The body is larger than this route takes.' },
  url_too_long: { status: 414, meaning: 'A part of the address is too long.' },
  unsupported_media_type: { status: 415, meaning: 'Bodies are application/json.' },
  not_kept_here: {
    status: 421,
    meaning: 'This node keeps the read models of some provinces only: ask another.',
  },
  webhooks_elsewhere: {
    status: 421,
    meaning: 'This node delivers no webhooks: ask the one that does (WEBHOOKS=on).',
  },
  webhook_url_refused: {
    status: 422,
    meaning: 'Events are sent only by https to addresses that are public.',
  },
  position_ahead: {
    status: 422,
    meaning: 'The log has not come to this position: it is of another log.',
  },
  headers_too_large: { status: 431, meaning: 'The headers are too large.' },
  internal_error: {
    status: 500,
    meaning: 'Something went wrong here. The trace id leads to the log.',
  },
  busy: { status: 503, meaning: 'Not decided or not known yet: send it again with the same key.' },
  too_many_feeds: { status: 503, meaning: 'As many clients as can be follow the feed.' },
  too_many_exports: { status: 503, meaning: 'As many files as can be are being exported.' },
  store_read_only: { status: 503, meaning: 'The store takes no writes until it is restarted.' },
  store_unavailable: { status: 503, meaning: 'The store cannot be reached at present.' },
  vault_unavailable: { status: 503, meaning: 'The subject vault takes no entries at present.' },
  read_model_behind: {
    status: 503,
    meaning: 'The read models have not reached the position asked for in time.',
  },
} as const satisfies Readonly<Record<string, ProblemType>>;

export type InterfaceProblemCode = keyof typeof INTERFACE_PROBLEMS;
export type ProblemCode = InterfaceProblemCode | LedgerRefusal;

export const PROBLEM_CODES: readonly ProblemCode[] = [
  ...(Object.keys(INTERFACE_PROBLEMS) as InterfaceProblemCode[]),
  ...(Object.keys(REJECTION_STATUS) as LedgerRefusal[]),
];

export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(INTERFACE_PROBLEMS, text) || Object.hasOwn(REJECTION_STATUS, text);
}

function isInterfaceCode(code: ProblemCode): code is InterfaceProblemCode {
  return Object.hasOwn(INTERFACE_PROBLEMS, code);
}

/** Status and meaning of a problem, as `GET /api/problems/{code}` tells them. */
export function problemType(code: ProblemCode): ProblemType {
  return isInterfaceCode(code)
    ? INTERFACE_PROBLEMS[code]
    : { status: REJECTION_STATUS[code], meaning: REFUSALS[code] };
}

/** What is wrong, and where: in the body (a JSON pointer, RFC 6901), in the path or in the query. */
export interface ProblemError {
  readonly pointer?: string;
  readonly parameter?: string;
  readonly in?: 'path';
  readonly detail: string;
}

export interface ProblemExtras {
  readonly detail?: string | undefined;
  readonly errors?: readonly ProblemError[] | undefined;
  /** Offending serial ranges, at most 20. */
  readonly serials?: readonly string[] | undefined;
  /** Further facts, e.g. the content hash to be approved. */
  readonly facts?: Readonly<Record<string, string | number>> | undefined;
  readonly retryAfterSeconds?: number | undefined;
}

/** A refusal on its way to the client as `application/problem+json` (RFC 9457). */
export class Problem extends Error {
  override readonly name = 'Problem';
  readonly status: number;

  constructor(
    readonly code: ProblemCode,
    readonly extras: ProblemExtras = {},
  ) {
    super(extras.detail ?? problemType(code).meaning);
    this.status = problemType(code).status;
  }

  /** The body of the answer. `type` is a relative reference that leads to the meaning of the code. */
  toJSON(): object {
    const { errors, serials, facts } = this.extras;
    return {
      type: `/api/problems/${this.code}`,
      title: problemType(this.code).meaning,
      status: this.status,
      detail: this.message,
      code: this.code,
      ...(errors === undefined ? {} : { errors }),
      ...(serials === undefined ? {} : { serials }),
      ...(facts === undefined ? {} : { facts }),
    };
  }
}
