import { randomUUID } from 'node:crypto';
import { streamOfAccount, type AccountId } from '../../src/custody/account/account-id.js';
import type { EventToAppend } from '../../src/event-store/event-store.js';
import { loadPublishedRegister } from '../../src/read-models/facilities/published-register.js';

/** How many accounts the benches write to. */
export const ACCOUNTS = 2_048;

const VILLAGE_CODE_LENGTH = '31.71.01.1001'.length;
const SUBJECT = 'a9491f4c1bf7b0cffbadcba2db8f028e4b3f2867cb59e1f3a0bc1968f3c51242';
const COMMAND_HASH = '9069109a673b79aebd30d5a408da4b7f40babbe091ceaa7f1a4fc115daee8c4b';
const RECORDED_AT = '2017-03-31T09:07:07.042Z';

/** Village offices of the published register, from all over the country. */
export const SAMPLE_ACCOUNTS: readonly AccountId[] = spread(
  loadPublishedRegister().facilities.codes.filter((code) => code.length === VILLAGE_CODE_LENGTH),
);
export const SAMPLE_STREAMS: readonly string[] = SAMPLE_ACCOUNTS.map(streamOfAccount);

function spread(codes: readonly string[]): readonly AccountId[] {
  const step = Math.floor(codes.length / ACCOUNTS);
  return Array.from({ length: ACCOUNTS }, (_, index) => codes[index * step] as AccountId);
}

let made = 0;

/** An issuance as the ledger itself would write it, about 760 bytes; each another serial and id. */
export function sampleEvent(): EventToAppend {
  made++;
  const commandId = randomUUID();
  return {
    id: randomUUID(),
    type: 'BlankIssued',
    data: {
      occurredAt: { value: '2017-03-31', precision: 'day', zone: 'Asia/Jakarta' },
      documents: [],
      note: '',
      serial: `2017-A/${String(made % 1_000_000_000).padStart(9, '0')}`,
      subject: SUBJECT,
      reason: 'backlog',
      replaces: null,
      chipUid: null,
    },
    metadata: {
      schema: 1,
      actor: { id: 'officer-001', role: 'custodian', facilityId: '31.71' },
      commandId,
      commandHash: COMMAND_HASH,
      recordedAt: RECORDED_AT,
      grantId: null,
      accessRevision: null,
      onBehalfOf: null,
      capture: null,
      correlationId: commandId,
      causationId: null,
    },
  };
}
