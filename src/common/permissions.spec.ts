import { includesRole, PERMISSIONS, permissionsOf, reachOf, ROLES } from './permissions';

describe('permissions', () => {
  it('are all with platform admins', () => {
    expect(permissionsOf('platform_admin')).toEqual(PERMISSIONS);
  });

  it('let an auditor read everything and change nothing but the own sign-in', () => {
    const changes = permissionsOf('auditor').filter((each) => !/:(read|use|verify)$/.test(each));
    expect(changes).toEqual(['self:write']);
    const limited = permissionsOf('auditor').filter((each) => reachOf('auditor', each) !== 'all');
    expect(limited).toEqual(['api:use', 'self:read', 'self:write']);
  });

  it.each(['team_admin', 'member'] as const)('of a %s reach no other team', (role) => {
    expect(permissionsOf(role).filter((each) => reachOf(role, each) === 'all')).toEqual([]);
  });

  it('of one role include those of another', () => {
    const included = ROLES.map((role) => ROLES.filter((other) => includesRole(role, other)));
    expect(included).toEqual([
      ['platform_admin', 'auditor', 'team_admin', 'member'],
      // A member runs own batches.
      ['auditor'],
      ['team_admin', 'member'],
      ['member'],
    ]);
  });
});
