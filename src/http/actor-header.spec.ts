import { describe, expect, it } from '@jest/globals';
import { parseActor } from './actor-header.js';

describe('the actor of a write', () => {
  it('is an id, a role and a facility', () => {
    const actor = { id: 'sari@kemendagri', role: 'custodian', facilityId: '31.71' };
    expect(parseActor('sari@kemendagri;custodian;31.71')).toEqual(actor);
  });

  it.each([
    '',
    'sari',
    'sari;custodian',
    'sari;custodian;31.71;',
    ';custodian;31.71',
    'sari;;31.71',
    'sari;Custodian;31.71',
    'sari;custodian;B.2017-A',
    'sari;custodian;３１.71',
    ' sari;custodian;31.71',
    'sari;custodian;31.71, tono;custodian;31.71',
    `${'s'.repeat(65)};custodian;31.71`,
  ])('is not %j', (text) => {
    expect(parseActor(text)).toBeNull();
  });
});
