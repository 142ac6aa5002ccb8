import type { KeyRole } from '@thriftgate/contracts';

const GIVEN: Readonly<Record<KeyRole, readonly KeyRole[]>> = {
  platform_admin: ['member', 'team_admin', 'auditor', 'platform_admin'],
  team_admin: ['member', 'team_admin'],
  auditor: [],
  member: [],
};

/** The roles whose keys a person issues, changes and revokes: none that may more than the person. */
export const givenRoles = (role: KeyRole): readonly KeyRole[] => GIVEN[role];
