import { describe, expect, it } from '@jest/globals';
import * as is from '../../../test/support/custody-given.js';
import { InvariantViolation } from '../assert.js';
import {
  decideRecordFinding,
  decideResolveFinding,
  evolveFinding,
  findingOfStream,
  MAX_ILLEGIBLE,
  parseFindingId,
  streamOfFinding,
  type Finding,
  type FindingId,
  type RecordFinding,
  type ResolveFinding,
} from './finding.js';

const ID = 'SERANG-2018-09' as FindingId;
const RECORD: RecordFinding = {
  ...is.ENTRY,
  findingId: ID,
  place: 'Serang',
  serials: is.serials('2017-A/1..3'),
  chipUids: [],
  illegibleCount: 0,
  photos: [],
};
const RESOLVE: ResolveFinding = {
  ...is.ENTRY,
  findingId: ID,
  how: 'recovered',
  eventIds: ['0b6c5e86-6c2a-5d0e-9d53-1c6a3a1f7c11'],
};
const OPEN: Finding = { occurredAt: is.minute('2017-04-01T07:00'), isResolved: false };
const RESOLVED: Finding = { ...OPEN, isResolved: true };

function record(command: Partial<RecordFinding>, finding: Finding = null) {
  return decideRecordFinding(finding, { ...RECORD, ...command }, is.contextOf());
}

function resolve(command: Partial<ResolveFinding>, finding: Finding = OPEN) {
  return decideResolveFinding(finding, { ...RESOLVE, ...command }, is.contextOf());
}

describe('recording a finding', () => {
  it('notes what was found; it enters no books', () => {
    const event = is.soleEvent(record({}));
    expect(event).toEqual({
      type: 'FindingRecorded',
      data: { ...RECORD, serials: is.json('2017-A/1..3') },
    });
    expect(evolveFinding(null, event)).toEqual({
      occurredAt: is.ENTRY.occurredAt,
      isResolved: false,
    });
  });

  it.each<[string, Partial<RecordFinding>]>([
    ['chips only', { serials: is.NONE, chipUids: ['04AABBCC'] }],
    ['one illegible card', { serials: is.NONE, illegibleCount: 1 }],
    ['many illegible cards', { illegibleCount: MAX_ILLEGIBLE }],
  ])('is accepted: %s', (_what, command) => {
    expect(is.codeOf(record(command))).toBe('accepted');
  });

  it.each<[string, Partial<RecordFinding>, Finding]>([
    ['too_many_ranges', { serials: is.scattered(10_001) }, null],
    ['no_serials', { serials: is.NONE }, null],
    ['quantity_out_of_bounds', { illegibleCount: -1 }, null],
    ['quantity_out_of_bounds', { illegibleCount: MAX_ILLEGIBLE + 1 }, null],
    ['quantity_out_of_bounds', { illegibleCount: 0.5 }, null],
    ['finding_exists', {}, OPEN],
    ['occurred_in_future', { occurredAt: is.IN_FUTURE }, null],
    // Two faults: the first of the table.
    ['no_serials', { serials: is.NONE }, OPEN],
    ['quantity_out_of_bounds', { illegibleCount: -1 }, OPEN],
    ['finding_exists', { occurredAt: is.IN_FUTURE }, OPEN],
  ])('is refused as %s %#', (code, command, finding) => {
    expect(is.codeOf(record(command, finding))).toBe(code);
  });

  it('says which count is not within its bounds', () => {
    expect(record({ illegibleCount: -1 })).toMatchObject({
      rejection: { details: { illegibleCount: -1 } },
    });
  });
});

describe('resolving a finding', () => {
  it('names the entries that carried it out', () => {
    const event = is.soleEvent(resolve({}));
    expect(event).toEqual({ type: 'FindingResolved', data: RESOLVE });
    expect(evolveFinding(OPEN, event)).toEqual(RESOLVED);
    expect(() => evolveFinding(null, event)).toThrow('a finding is recorded before it is resolved');
  });

  it('is a fault where the stream holds an event of another kind', () => {
    expect(() => evolveFinding(OPEN, { type: 'BatchClosed' } as never)).toThrow(InvariantViolation);
  });

  it.each(['contradiction', 'no_serials'] as const)('needs no entry for %s', (how) => {
    expect(is.codeOf(resolve({ how, eventIds: [] }))).toBe('accepted');
  });

  it.each<[string, Partial<ResolveFinding>, Finding]>([
    ['finding_not_found', {}, null],
    ['finding_resolved', {}, RESOLVED],
    ['evidence_required', { eventIds: [] }, OPEN],
    ['evidence_required', { eventIds: [], how: 'surrendered' }, OPEN],
    ['evidence_required', { eventIds: [], how: 'received' }, OPEN],
    ['evidence_required', { eventIds: [], how: 'reported_missing' }, OPEN],
    ['occurred_in_future', { occurredAt: is.IN_FUTURE }, OPEN],
    ['occurred_before_cause', { occurredAt: is.minute('2017-04-01T06:54') }, OPEN],
    // Two faults: the first of the table.
    ['finding_not_found', { eventIds: [] }, null],
    ['finding_resolved', { eventIds: [] }, RESOLVED],
    ['evidence_required', { eventIds: [], occurredAt: is.IN_FUTURE }, OPEN],
  ])('is refused as %s %#', (code, command, finding) => {
    expect(is.codeOf(resolve(command, finding))).toBe(code);
  });
});

describe('the stream of a finding', () => {
  it('is named after its id', () => {
    expect(streamOfFinding(ID)).toBe('finding-SERANG-2018-09');
    expect(findingOfStream('finding-SERANG-2018-09')).toBe(ID);
    expect(findingOfStream('custody-31')).toBeNull();
  });

  it.each(['', '-A', 'a', 'A'.repeat(33), 'A B'])('has no id written %j', (text) => {
    expect(parseFindingId(text)).toBeNull();
  });
});
