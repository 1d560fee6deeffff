import { describe, expect, it } from '@jest/globals';
import { InvariantViolation } from '../assert.js';
import { type FacilityCode, type FacilityId } from './facility-code.js';
import {
  type FacilityDecision,
  decideCloseFacility,
  decideMoveFacility,
  decideOpenFacility,
  decidePublishRegister,
  decideRenameFacility,
  decideRenumberFacility,
} from './facility-decisions.js';
import { type FacilityEvent } from './facility-events.js';
import { FACILITY_REJECTIONS } from './facility-rejection.js';
import { FacilityRegister, RegisterMismatch, evolve } from './facility-register.js';
import { type PublishedRegister } from './published-register.js';

const OFFICES: Readonly<Record<string, string>> = {
  '00': 'Gudang Pusat',
  '31': 'Daerah Khusus Ibukota Jakarta',
  '31.71': 'Kota Administrasi Jakarta Pusat',
  '31.71.01': 'Gambir',
  '31.71.01.1001': 'Gambir',
  '31.71.01.1002': 'Cideng',
  '31.71.02': 'Sawah Besar',
  '92': 'Papua Barat',
  '92.01': 'Kabupaten Sorong',
  '92.01.01': 'Makbon',
  '96': 'Papua Barat Daya',
};

const PUBLISHED: PublishedRegister = {
  source: 'test',
  version: '1',
  licence: 'CC0-1.0',
  sha256: 'a'.repeat(64),
  counts: { provinces: 3, regencies: 2, districts: 3, villages: 2 },
  facilities: {
    codes: Object.keys(OFFICES).sort() as FacilityCode[],
    names: Object.keys(OFFICES)
      .sort()
      .map((it) => OFFICES[it] ?? ''),
  },
};

const paper = { note: '', documents: [] };
const day = { effectiveOn: '2022-12-08', ...paper };

const id = (text: string): FacilityId => text as FacilityId;
const code = (text: string): FacilityCode => text as FacilityCode;

const open = (text: string, parent: string, more = {}): Decide => {
  const command = { code: code(text), name: 'Baru', parent: id(parent), ...day, ...more };
  return (register) => decideOpenFacility(register, command);
};
const close = (facility: string, successor: string, more = {}): Decide => {
  const command = { facilityId: id(facility), successor: id(successor), reason: 'merged', ...day };
  return (register) => decideCloseFacility(register, { ...command, ...more });
};
const rename = (facility: string, name: string, more = {}): Decide => {
  return (register) =>
    decideRenameFacility(register, { facilityId: id(facility), name, ...day, ...more });
};
const renumber = (facility: string, to: string, more = {}): Decide => {
  const command = { facilityId: id(facility), code: code(to), ...day, ...more };
  return (register) => decideRenumberFacility(register, command);
};
const move = (facility: string, parent: string, more = {}): Decide => {
  const command = { facilityId: id(facility), parent: id(parent), ...day, ...more };
  return (register) => decideMoveFacility(register, command);
};
const publish: Decide = (register) => decidePublishRegister(register, paper);

type Decide = (register: FacilityRegister) => FacilityDecision;

/** A register after the given decisions, each of which must be accepted. */
function given(...decisions: readonly Decide[]): FacilityRegister {
  return decisions.reduce((register, decide) => {
    const decision = decide(register);
    if (!decision.ok) throw new Error(`refused: ${decision.rejection.code}`);
    return decision.events.reduce(evolve, register);
  }, FacilityRegister.seed(PUBLISHED));
}

function refusal(decision: FacilityDecision): string {
  return decision.ok ? 'accepted' : decision.rejection.code;
}

const divided = [publish, move('92.01', '96'), renumber('92.01', '96.01')];

describe('the facility register: refusals', () => {
  const earlyOffice = [publish, open('31.71.03', '31.71', { effectiveOn: '2023-01-01' })];
  const closedOffice = [publish, close('31.71.01.1002', '31.71.01.1001')];
  const before = { effectiveOn: '2022-12-31' };

  const cases: readonly (readonly [string, string, readonly Decide[], Decide])[] = [
    ['register_already_published', 'publish twice', [publish], publish],
    ['register_not_published', 'open', [], open('31.71.03', '31.71')],
    ['register_not_published', 'close', [], close('31.71.01.1002', '31.71.01')],
    ['register_not_published', 'rename', [], rename('31', 'Jakarta')],
    ['register_not_published', 'renumber', [], renumber('31', '32')],
    ['register_not_published', 'move', [], move('92.01', '96')],
    ['invalid_effective_date', 'open', [publish], open('31.71.03', '31.71', { effectiveOn: 'x' })],
    [
      'invalid_effective_date',
      'close',
      [publish],
      close('31', '00', { effectiveOn: '2017-02-29' }),
    ],
    ['invalid_effective_date', 'rename', [publish], rename('31', 'x', { effectiveOn: '' })],
    ['invalid_effective_date', 'renumber', [publish], renumber('31', '32', { effectiveOn: '' })],
    ['invalid_effective_date', 'move', [publish], move('92.01', '96', { effectiveOn: '' })],
    ['invalid_name', 'open without a name', [publish], open('31.71.03', '31.71', { name: '' })],
    ['invalid_name', 'a space at the end', [publish], rename('31', 'Jakarta ')],
    ['invalid_name', 'a line feed', [publish], rename('31', 'DKI\nJakarta')],
    ['invalid_name', '201 characters', [publish], rename('31', 'x'.repeat(201))],
    ['unknown_facility', 'open below nobody', [publish], open('33.01', '33')],
    ['unknown_facility', 'close', [publish], close('33', '00')],
    ['unknown_facility', 'rename', [publish], rename('33', 'x')],
    ['unknown_facility', 'renumber', [publish], renumber('33', '34')],
    ['unknown_facility', 'move', [publish], move('33.01', '31')],
    ['unknown_facility', 'move to nobody', [publish], move('92.01', '33')],
    ['central_store_permanent', 'close', [publish], close('00', '31')],
    ['central_store_permanent', 'renumber', [publish], renumber('00', '33')],
    ['central_store_permanent', 'move', [publish], move('00', '31')],
    ['facility_closed', 'close again', closedOffice, close('31.71.01.1002', '31.71.01')],
    ['facility_closed', 'rename', closedOffice, rename('31.71.01.1002', 'x')],
    ['facility_closed', 'renumber', closedOffice, renumber('31.71.01.1002', '31.71.01.1009')],
    ['facility_closed', 'move', closedOffice, move('31.71.01.1002', '31.71.02')],
    [
      'facility_closed',
      'open below it',
      [publish, close('31.71.02', '31.71.01')],
      open('31.71.02.1001', '31.71.02'),
    ],
    ['effective_before_opening', 'rename', earlyOffice, rename('31.71.03', 'x', before)],
    ['effective_before_opening', 'close', earlyOffice, close('31.71.03', '31.71', before)],
    [
      'effective_before_opening',
      'open below it',
      earlyOffice,
      open('31.71.03.1001', '31.71.03', before),
    ],
    [
      'effective_before_opening',
      'move below it',
      earlyOffice,
      move('31.71.01.1001', '31.71.03', before),
    ],
    ['facility_exists', 'open what is open', [publish], open('31.71', '31')],
    ['facility_exists', 'open what was renumbered to', divided, open('96.01', '96')],
    ['facility_exists', 'open the central store', [publish], open('00', '00')],
    ['code_in_use', 'renumber', [publish], renumber('31.71.01', '31.71.02')],
    ['level_mismatch', 'renumber', [publish], renumber('31.71.01', '31.72')],
    ['parent_level_mismatch', 'open', [publish], open('31.71.03', '31')],
    ['parent_level_mismatch', 'move', [publish], move('92.01', '31.71')],
    ['code_outside_parent', 'open', [publish], open('32.01', '31')],
    ['has_open_children', 'close', [publish], close('31.71.01', '31.71.02')],
    ['successor_invalid', 'itself', [publish], close('31.71.02', '31.71.02')],
    ['successor_invalid', 'nobody', [publish], close('31.71.02', '31.71.09')],
    ['successor_invalid', 'lower', [publish], close('31.71.02', '31.71.01.1001')],
    ['successor_invalid', 'closed', closedOffice, close('31.71.01.1001', '31.71.01.1002')],
    ['successor_invalid', 'not yet open', earlyOffice, close('31.71.02', '31.71.03')],
    ['nothing_changed', 'rename', [publish], rename('31.71.01', 'Gambir')],
    ['nothing_changed', 'renumber', [publish], renumber('31.71.01', '31.71.01')],
    ['nothing_changed', 'move', [publish], move('92.01', '92')],
  ];

  it.each(cases)('%s: %s', (expected, _title, history, when) => {
    expect(refusal(when(given(...history)))).toBe(expected);
  });

  it('is complete: every refusal has a case', () => {
    expect(new Set(cases.map(([refused]) => refused))).toEqual(
      new Set(Object.keys(FACILITY_REJECTIONS)),
    );
  });
});

describe('the facility register: events', () => {
  it('begins with what was published', () => {
    const decision = publish(FacilityRegister.seed(PUBLISHED));
    const { source, version, licence, sha256, counts } = PUBLISHED;
    const facts = { source, version, licence, sha256, counts };
    expect(decision).toEqual({
      ok: true,
      events: [{ type: 'RegisterPublished', data: { ...facts, note: '', documents: [] } }],
    });
  });

  it('refuses a log begun with another published register', () => {
    const other = FacilityRegister.seed({ ...PUBLISHED, sha256: 'b'.repeat(64) });
    const decision = publish(FacilityRegister.seed(PUBLISHED));
    const [event] = decision.ok ? decision.events : [];
    expect(() => {
      evolve(other, event as FacilityEvent);
    }).toThrow(RegisterMismatch);
  });

  it('refuses a log that does not begin with it', () => {
    const data = { facilityId: id('31'), name: 'Jakarta', ...day };
    expect(() => {
      FacilityRegister.seed(PUBLISHED).apply({ type: 'FacilityRenamed', data });
    }).toThrow(InvariantViolation);
  });

  it('takes no more of a command into an event than belongs there', () => {
    const decision = rename('31', 'Jakarta', { secret: 'x' })(given(publish));
    const data = { facilityId: '31', name: 'Jakarta', ...day };
    expect(decision).toEqual({ ok: true, events: [{ type: 'FacilityRenamed', data }] });
  });

  it('opens a facility', () => {
    const register = given(publish, open('31.71.03', '31.71', { name: 'Kemayoran' }));
    expect(register.get(id('31.71.03'))).toEqual({
      facilityId: '31.71.03',
      code: '31.71.03',
      name: 'Kemayoran',
      level: 'district',
      parent: '31.71',
      openedAt: '2022-12-08',
      closedAt: null,
      successor: null,
      history: null,
    });
    expect(register.countByLevel().district).toBe(4);
  });

  it('keeps the id of a facility that is moved and renumbered', () => {
    const register = given(...divided);
    expect(register.get(id('92.01'))).toMatchObject({ code: '96.01', parent: '96' });
    expect(register.get(id('96.01'))).toBeNull();
    expect(register.byCode(code('96.01'))?.facilityId).toBe('92.01');
    expect(register.byCode(code('92.01'))).toBeNull();
    expect(register.byCode(code('92.01'), '2022-12-07')?.facilityId).toBe('92.01');
    expect(register.byCode(code('96.01'), '2022-12-07')).toBeNull();
    expect(register.ancestors(id('92.01.01')).map((it) => it.facilityId)).toEqual([
      '92.01',
      '96',
      '00',
    ]);
    expect(register.isWithin(id('92.01.01'), id('96'))).toBe(true);
    expect(register.isWithin(id('92.01.01'), id('92'))).toBe(false);
    expect(register.children(id('92'))).toEqual([]);
  });

  it('gives a code that had a bearer to another facility under another id', () => {
    const register = given(...divided, open('92.01', '92'), close('92.01~2', '92'));
    expect(register.get(id('92.01~2'))).toMatchObject({ code: '92.01', successor: '92' });
    const again = open('92.01', '92')(register);
    expect(again).toMatchObject({ ok: true, events: [{ data: { facilityId: '92.01~3' } }] });
  });

  it('does not give the id 96.01 to a second bearer of the code 96.01', () => {
    const register = given(...divided, renumber('92.01', '96.02'), open('96.01', '96'));
    expect(register.byCode(code('96.01'))?.facilityId).toBe('96.01~2');
  });

  it('counts a facility that takes its old code back once', () => {
    const register = given(...divided, renumber('92.01', '92.01'));
    expect(register.bearersOf(code('92.01')).map((it) => it.facilityId)).toEqual(['92.01']);
  });

  it('finds the closed bearer of a code while no open one bears it', () => {
    const register = given(publish, close('31.71.01.1002', '31.71.01.1001'));
    expect(register.byCode(code('31.71.01.1002'))?.closedAt).toBe('2022-12-08');
    evolve(register, {
      type: 'FacilityOpened',
      data: {
        facilityId: id('31.71.01.1002~2'),
        code: code('31.71.01.1002'),
        name: 'Cideng',
        level: 'village',
        parent: id('31.71.01'),
        ...day,
      },
    });
    expect(register.byCode(code('31.71.01.1002'))?.facilityId).toBe('31.71.01.1002~2');
    expect(register.byCode(code('31.71.01.1002'), '2022-12-07')?.facilityId).toBe('31.71.01.1002');
  });

  it('hands a closed facility on to the first open successor', () => {
    const register = given(
      publish,
      close('31.71.01.1002', '31.71.01.1001'),
      close('31.71.01.1001', '31.71.01'),
    );
    expect(register.isOpen(id('31.71.01.1002'))).toBe(false);
    expect(register.isOpen(id('31.71.01.1002'), '2022-12-07')).toBe(true);
    expect(register.inChargeOf(id('31.71.01.1002'))?.facilityId).toBe('31.71.01');
    expect(register.inChargeOf(id('31'))?.facilityId).toBe('31');
    expect(register.inChargeOf(id('99'))).toBeNull();
  });

  it('does not alter a facility it has handed out', () => {
    const register = given(publish);
    const jakarta = register.get(id('31'));
    const decision = rename('31', 'Jakarta')(register);
    if (decision.ok) decision.events.forEach((event) => evolve(register, event));
    expect(jakarta?.name).toBe('Daerah Khusus Ibukota Jakarta');
    expect(register.get(id('31'))?.name).toBe('Jakarta');
  });
});

describe('the facility register: questions', () => {
  it('walks down in code order, parents first', () => {
    const register = given(publish, open('31.70', '31'), renumber('31.71', '31.69'));
    expect(register.children(id('31')).map((it) => it.code)).toEqual(['31.69', '31.70']);
    expect(register.within(id('31')).map((it) => it.facilityId)).toEqual([
      '31',
      '31.71',
      '31.71.01',
      '31.71.01.1001',
      '31.71.01.1002',
      '31.71.02',
      '31.70',
    ]);
    expect(register.within(id('00'))).toHaveLength(register.size);
  });

  it('counts the open facilities of each level', () => {
    const counts = given(publish, close('31.71.02', '31.71.01')).countByLevel();
    expect(counts).toEqual({ nation: 1, province: 3, regency: 2, district: 2, village: 2 });
  });

  it('counts a facility as within itself, and an unknown one within nothing', () => {
    const register = given(publish);
    expect(register.isWithin(id('31.71'), id('31.71'))).toBe(true);
    expect(register.isWithin(id('31'), id('31.71'))).toBe(false);
    expect(register.isWithin(id('33'), id('00'))).toBe(false);
  });

  it('answers nothing about unknown facilities', () => {
    const register = given(publish);
    expect(register.get(id('33'))).toBeNull();
    expect(register.children(id('33'))).toEqual([]);
    expect(register.ancestors(id('33'))).toEqual([]);
    expect(register.within(id('33'))).toEqual([]);
    expect(register.isOpen(id('33'))).toBe(false);
    expect(register.pathOf(id('33'))).toBe('');
  });
});
