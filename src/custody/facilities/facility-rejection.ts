/** Every refusal of the facility register, in order of precedence. */
export const FACILITY_REJECTIONS = {
  register_not_published: 'The register has not been published yet.',
  register_already_published: 'The register has been published before.',
  invalid_effective_date: 'The effective date is not a day of the calendar.',
  invalid_name: 'A name has 1 to 200 characters, no control characters, no space at either end.',
  unknown_facility: 'No facility has this id.',
  central_store_permanent: 'The central store is neither closed, renumbered nor moved.',
  facility_closed: 'The facility is closed.',
  effective_before_opening: 'The effective date lies before the opening of the facility.',
  facility_exists: 'An open facility with this code exists.',
  code_in_use: 'An open facility bears this code.',
  level_mismatch: 'The code is of another level than the facility.',
  parent_level_mismatch: 'The parent must be of the level directly above.',
  code_outside_parent: 'The code does not begin with the code of the parent.',
  has_open_children: 'Facilities below it are open: they must be moved or closed first.',
  successor_invalid:
    'The successor must be another facility, open on that day, of the same or a higher level.',
  nothing_changed: 'The facility has this name, code or parent already.',
} as const;

export type FacilityRejectionCode = keyof typeof FACILITY_REJECTIONS;

export interface FacilityRejection {
  readonly code: FacilityRejectionCode;
  readonly message: string;
}
