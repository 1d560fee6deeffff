/** A position or revision. */
export const DECIMAL = { type: 'string', pattern: '^(0|[1-9][0-9]*)$' };

/** What a write answers. */
export const WRITE_ANSWER_SCHEMA = {
  type: 'object',
  required: ['stream', 'revision', 'position', 'events'],
  properties: {
    stream: { type: 'string' },
    account: { type: 'string' },
    revision: { ...DECIMAL, description: 'Of the last event in its stream.' },
    position: { ...DECIMAL, description: 'Of the last event in the log; for atLeast=.' },
    events: {
      type: 'array',
      items: {
        type: 'object',
        required: ['id', 'type', 'revision'],
        properties: {
          id: { type: 'string', format: 'uuid' },
          type: { type: 'string' },
          revision: DECIMAL,
        },
      },
    },
    shipmentId: { type: 'string', description: 'Of the shipment that left.' },
  },
};

/** A problem (RFC 9457) with the ledger's own members. */
export const PROBLEM_SCHEMA = {
  type: 'object',
  required: ['type', 'title', 'status', 'detail', 'code', 'traceId'],
  properties: {
    type: { type: 'string', format: 'uri-reference' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: 'Exact and stable; GET /api/problems lists them.' },
    errors: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          pointer: { type: 'string', description: 'JSON pointer into the body (RFC 6901).' },
          parameter: { type: 'string' },
          in: { type: 'string', enum: ['path'] },
          detail: { type: 'string' },
        },
      },
    },
    serials: {
      type: 'array',
      items: { type: 'string' },
      description: 'Offending ranges, at most 20.',
    },
    facts: { type: 'object', additionalProperties: true },
    traceId: { type: 'string', format: 'uuid' },
  },
};
