import { createHash } from 'node:crypto';
import type { AccountId, ShipmentId } from '../../src/custody/account/account-id.js';
import { streamOfAccount } from '../../src/custody/account/account-id.js';
import { decideCloseBatch } from '../../src/custody/account/close-batch.js';
import { decideCountStock } from '../../src/custody/account/count-stock.js';
import {
  emptyAccount,
  evolveAccount,
  type CustodyAccount,
} from '../../src/custody/account/custody-account.js';
import type { Decision, DecisionContext, Shipment } from '../../src/custody/account/decision.js';
import { decideDestroyBlanks } from '../../src/custody/account/destroy-blanks.js';
import { decideDispatchShipment } from '../../src/custody/account/dispatch-shipment.js';
import type {
  Approval,
  CustodyEvent,
  EntryFields,
  Officer,
} from '../../src/custody/account/events.js';
import { manifestOf, openPart, shipmentOf } from '../../src/custody/account/incoming-shipment.js';
import { decideIssueBlanks } from '../../src/custody/account/issue-blanks.js';
import { serialsMovedBy } from '../../src/custody/account/postings.js';
import { decideProcureBatch } from '../../src/custody/account/procure-batch.js';
import { decideReceiveShipment } from '../../src/custody/account/receive-shipment.js';
import { decideRecordProduction } from '../../src/custody/account/record-production.js';
import { decideRecordSpoilage } from '../../src/custody/account/record-spoilage.js';
import { decideRecordUnnumbered } from '../../src/custody/account/record-unnumbered.js';
import { decideRecoverBlanks } from '../../src/custody/account/recover-blanks.js';
import { decideRefuseShipment } from '../../src/custody/account/refuse-shipment.js';
import { decideReportMissing } from '../../src/custody/account/report-missing.js';
import { decideReportTransitIncident } from '../../src/custody/account/report-transit-incident.js';
import { decideReverseEntry } from '../../src/custody/account/reverse-entry.js';
import { decideSurrenderCard } from '../../src/custody/account/surrender-card.js';
import type { FacilityId } from '../../src/custody/facilities/facility-code.js';
import type { BatchCode } from '../../src/custody/serials/serial-number.js';
import { SerialSet } from '../../src/custody/serials/serial-set.js';

import { History, recordedAtOf, uuidOf } from './projection-history.js';

/*
 * Random histories in which every entry was accepted by the decisions of the domain. A history is
 * made of numbers alone: the same numbers give the same history.
 */

const FACILITIES = [
  '00',
  '31',
  '31.71',
  '31.71.01',
  '31.71.01.1001',
  '31.71.01.1002',
  '32',
  '32.01',
];
const BATCHES = ['2017-A', 'LAMA'];
const ACCOUNTS = [
  ...FACILITIES,
  ...BATCHES.map((batch) => `B.${batch}`),
  'E.CASE-1',
] as AccountId[];
const BLANKS = 400;
const CONTENT_HASH = 'c'.repeat(64);

export const ENTRY: EntryFields = {
  occurredAt: { value: '2017-04-01T07:00', precision: 'minute', zone: 'Asia/Jakarta' },
  documents: [{ kind: 'BAST', number: '1', sha256: 'a'.repeat(64) }],
  note: '',
};
const LATER = { ...ENTRY.occurredAt, value: '2017-04-01T07:01' };

function officer(id: string): Officer {
  return { id, role: 'ministry', facilityId: '00' };
}

export const APPROVAL: Approval = {
  by: officer('approver'),
  at: '2017-04-01T00:00:00.000Z',
  contentHash: CONTENT_HASH,
};

/** The accounts of a nation of eight offices, two batches and a police store, moved by numbers. */
export class World {
  readonly history = new History();
  readonly accounts = new Map<AccountId, CustodyAccount>();
  readonly shipments = new Map<ShipmentId, Shipment>();
  readonly kinds = new Map<string, number>();
  readonly #books = new Map<AccountId, CustodyEvent[]>();
  #random = 1;

  constructor() {
    for (const id of ACCOUNTS) {
      this.accounts.set(id, emptyAccount(id));
      this.#books.set(id, []);
    }
    for (const batch of BATCHES) this.#procure(batch);
  }

  /** One attempt at an entry; the number says which. Most are accepted. */
  step(choice: number): void {
    this.#random = (choice % 2_147_483_647) + 1;
    const account = this.#accountOf(ACCOUNTS[this.#below(ACCOUNTS.length)] as AccountId);
    const attempts = [
      this.#produce,
      this.#dispatch,
      this.#dispatch,
      this.#receive,
      this.#receive,
      this.#receive,
      this.#refuse,
      this.#issue,
      this.#surrender,
      this.#spoil,
      this.#destroy,
      this.#lose,
      this.#recover,
      this.#count,
      this.#unnumbered,
      this.#reverse,
      this.#incident,
    ];
    attempts[this.#below(attempts.length)]?.(account);
  }

  #procure(batch: string): void {
    const account = this.#accountOf(`B.${batch}` as AccountId);
    const command = {
      ...ENTRY,
      contract: batch === 'LAMA' ? null : 'CONTOH/KTR/1',
      vendor: 'Penyedia Blangko Nasional (contoh)',
      signedOn: '2017-03-22',
      quantity: BLANKS,
      serialMax: BLANKS,
      cardOrigin: 'ID',
      chipOrigin: 'NL',
      approval: null,
    };
    this.#record(account, decideProcureBatch(account, command, this.#context(account)));
  }

  readonly #produce = (account: CustodyAccount): void => {
    const batch = BATCHES[this.#below(2)] as BatchCode;
    const at = this.#accountOf(`B.${batch}` as AccountId);
    const first = (at.batch?.produced.size ?? 0) + 1;
    const last = first + this.#below(60);
    const serials = SerialSet.of([{ batch, first, last }]);
    const command = { ...ENTRY, serials, deliveryNo: 'D', qualitySample: null, chipManifest: null };
    this.#record(at, decideRecordProduction(at, command, this.#context(at)));
    if (account.id === at.id && this.#below(20) === 0)
      this.#record(
        this.#accountOf(at.id),
        decideCloseBatch(this.#accountOf(at.id), { ...ENTRY, reason: 'over' }, this.#context(at)),
      );
  };

  readonly #dispatch = (account: CustodyAccount): void => {
    const to = ACCOUNTS[this.#below(ACCOUNTS.length)] as AccountId;
    const packages = [1, 2].map((label) => ({
      label: String(label),
      kind: 'karton',
      seal: `S-${String(label)}`,
      usable: this.#part(account.usable, label),
      invalid: this.#part(account.invalid, label),
    }));
    const second = packages[1];
    const first = packages[0];
    if (first === undefined || second === undefined) return;
    const apart = {
      ...second,
      usable: second.usable.subtract(first.usable),
      invalid: second.invalid.subtract(first.invalid),
    };
    const command = {
      ...ENTRY,
      to,
      basis: to.startsWith('E.') ? ('evidence' as const) : ('allocation' as const),
      packages: [first, apart],
      carrier: 'Pos',
      vehicle: null,
      expectedBy: '2017-04-10T00:00:00.000Z',
      paperNumber: null,
      approval: null,
    };
    const facts = { isConsigneeBatchKnown: true };
    this.#record(account, decideDispatchShipment(account, command, facts, this.#context(account)));
  };

  readonly #receive = (): void => {
    const shipment = this.#someShipment();
    if (shipment === null) return;
    const account = this.#accountOf(shipment.consignee);
    const open = manifestOf(openPart(account, shipment));
    const part = this.#below(2) === 0 ? open : this.#part(open, 1);
    const damaged = this.#below(4) === 0 ? this.#part(part, 1) : SerialSet.empty;
    const missing = this.#below(4) === 0 ? this.#part(part.subtract(damaged), 2) : SerialSet.empty;
    const command = {
      ...ENTRY,
      shipmentId: shipment.shipmentId,
      asStated: part.subtract(damaged).subtract(missing),
      damaged,
      missing,
      sealChecks: [],
      unexpected: SerialSet.empty,
      approval: null,
    };
    this.#record(
      account,
      decideReceiveShipment(account, command, shipment, this.#context(account)),
    );
  };

  readonly #refuse = (): void => {
    const shipment = this.#someShipment();
    if (shipment === null) return;
    const account = this.#accountOf(shipment.consignee);
    const { shipmentId } = shipment;
    const command = { ...ENTRY, shipmentId, reason: 'wet', approval: null };
    this.#record(account, decideRefuseShipment(account, command, shipment, this.#context(account)));
  };

  readonly #issue = (account: CustodyAccount): void => {
    const issuances = this.#some(account.usable, 3).map(({ batch, first: number }) => ({
      serial: { batch, number },
      reason: 'backlog' as const,
      replaces: null,
      chipUid: null,
    }));
    this.#record(
      account,
      decideIssueBlanks(account, { ...ENTRY, issuances }, this.#context(account)),
    );
  };

  readonly #surrender = (account: CustodyAccount): void => {
    const [card] = this.#some(account.issued, 1);
    if (card === undefined) return;
    const command = {
      ...ENTRY,
      serial: { batch: card.batch, number: card.first },
      handedInAt: FACILITIES[this.#below(FACILITIES.length)] as FacilityId,
      findingId: null,
      reason: 'moved' as const,
    };
    const { occurredAt } = ENTRY;
    this.#record(
      account,
      decideSurrenderCard(account, command, occurredAt, this.#context(account)),
    );
  };

  readonly #spoil = (account: CustodyAccount): void => {
    const serials = this.#part(account.usable, 1);
    const command = { ...ENTRY, serials, cause: 'misprint' as const };
    this.#record(account, decideRecordSpoilage(account, command, this.#context(account)));
  };

  readonly #destroy = (account: CustodyAccount): void => {
    const command = {
      ...ENTRY,
      serials: this.#part(account.invalid, 1),
      unnumbered: this.#below(account.unnumbered + 1),
      method: 'burned' as const,
      place: 'yard',
      witnesses: [officer('one'), officer('two')],
      approval: APPROVAL,
    };
    this.#record(account, decideDestroyBlanks(account, command, this.#context(account)));
  };

  readonly #lose = (held: CustodyAccount): void => {
    const shipment = this.#below(2) === 0 ? this.#someShipment() : null;
    const account = shipment === null ? held : this.#accountOf(shipment.consignee);
    const from =
      shipment === null
        ? account.usable.union(account.invalid)
        : manifestOf(openPart(account, shipment));
    const command = {
      ...ENTRY,
      serials: this.#part(from, 1),
      kind: 'lost' as const,
      policeReport: null,
      shipmentId: shipment?.shipmentId ?? null,
      approval: null,
    };
    this.#record(account, decideReportMissing(account, command, shipment, this.#context(account)));
  };

  readonly #recover = (account: CustodyAccount): void => {
    const command = {
      ...ENTRY,
      serials: this.#part(account.missing, 1),
      as: this.#below(2) === 0 ? ('usable' as const) : ('invalid' as const),
      kind: 'found' as const,
      place: 'drawer',
    };
    this.#record(account, decideRecoverBlanks(account, command, this.#context(account)));
  };

  readonly #count = (account: CustodyAccount): void => {
    const books = this.#books.get(account.id) ?? [];
    const command = {
      ...ENTRY,
      bookRevision: BigInt(books.length - 1),
      scope: { states: ['usable', 'invalid'] as const, batches: null },
      seenUsable: account.usable.subtract(this.#part(account.usable, 2)),
      seenInvalid: account.invalid,
    };
    const then = books.length === 0 ? null : account;
    this.#record(account, decideCountStock(account, command, then, this.#context(account)));
  };

  readonly #unnumbered = (account: CustodyAccount): void => {
    const command = { ...ENTRY, count: 1 + this.#below(9), bag: 'K', seal: 'S', source: 'field' };
    this.#record(account, decideRecordUnnumbered(account, command, this.#context(account)));
  };

  readonly #reverse = (account: CustodyAccount): void => {
    const books = this.#books.get(account.id) ?? [];
    const index = books.length - 1 - this.#below(Math.min(books.length, 6) + 1);
    const event = books[index];
    const stream = streamOfAccount(account.id);
    const recorded = this.history.events.find(
      (it) => it.stream === stream && it.revision === BigInt(index),
    );
    if (event === undefined || recorded === undefined) return;
    const later = books.slice(index + 1);
    const entry = {
      eventId: recorded.id,
      event,
      touchedLater: later.reduce((all, it) => all.union(serialsMovedBy(it)), SerialSet.empty),
      isReversed: later.some(
        (it) => it.type === 'EntryReversed' && it.data.revision === String(index),
      ),
    };
    const command = {
      ...ENTRY,
      occurredAt: LATER,
      revision: BigInt(index),
      reason: 'entered in error',
      approval: APPROVAL,
    };
    this.#record(account, decideReverseEntry(account, command, entry, this.#context(account)));
  };

  readonly #incident = (): void => {
    const shipment = this.#someShipment();
    if (shipment === null) return;
    const account = this.#accountOf(shipment.consignor);
    const command = {
      ...ENTRY,
      shipmentId: shipment.shipmentId,
      kind: 'robbery' as const,
      place: 'road',
      policeReport: null,
    };
    this.#record(
      account,
      decideReportTransitIncident(account, command, shipment, this.#context(account)),
    );
  };

  #record(account: CustodyAccount, decision: Decision): void {
    if (!decision.ok) return;
    let state = this.#accountOf(account.id);
    for (const event of decision.events) {
      state = evolveAccount(state, event);
      this.#books.get(account.id)?.push(event);
      const shipment = shipmentOf(event, recordedAtOf(this.history.events.length));
      this.history.add(streamOfAccount(account.id), event);
      if (shipment !== null) this.shipments.set(shipment.shipmentId, shipment);
      this.kinds.set(event.type, (this.kinds.get(event.type) ?? 0) + 1);
    }
    this.accounts.set(account.id, state);
  }

  #accountOf(id: AccountId): CustodyAccount {
    const account = this.accounts.get(id);
    if (account === undefined) throw new Error(`no account ${id}`);
    return account;
  }

  #context(account: { readonly id: AccountId }): DecisionContext {
    const facilityId = FACILITIES.includes(account.id) ? account.id : '00';
    return {
      actor: { id: 'officer', role: 'ministry', facilityId },
      now: recordedAtOf(this.history.events.length),
      contentHash: CONTENT_HASH,
      isApprovalSpent: false,
      eventIdOf: (index) => uuidOf(this.history.events.length + index),
      facilities: {
        get: (facility) =>
          FACILITIES.includes(facility)
            ? { facilityId: facility, parent: null, isOpen: true, successor: null }
            : undefined,
      },
    };
  }

  /** The latest shipments are the likeliest to be open. */
  #someShipment(): Shipment | null {
    const all = [...this.shipments.values()].slice(-12);
    return all[this.#below(all.length)] ?? null;
  }

  #part(serials: SerialSet, share: number): SerialSet {
    const ranges = serials.firstRanges(3).map((range) => {
      const last = range.first + this.#below(Math.ceil((range.last - range.first + 1) / share));
      return { ...range, last: Math.min(last, range.last) };
    });
    return SerialSet.of(ranges);
  }

  #some(serials: SerialSet, most: number) {
    return serials.firstRanges(1 + this.#below(most));
  }

  #below(bound: number): number {
    // Park and Miller's minimal standard generator.
    this.#random = (this.#random * 48_271) % 2_147_483_647;
    return bound === 0 ? 0 : this.#random % bound;
  }
}

export function historyOf(choices: Iterable<number>): World {
  const world = new World();
  for (const choice of choices) world.step(choice);
  return world;
}

/** `count` choices that depend on the seed alone. */
export function choicesOf(seed: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => {
    const digest = createHash('sha256')
      .update(`${String(seed)}:${String(index)}`)
      .digest();
    return digest.readUInt32BE(0) % 2_147_483_646;
  });
}
