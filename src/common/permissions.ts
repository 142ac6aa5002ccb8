/** Roles of keys, and of the people who sign in with them. */
export const ROLES = ['platform_admin', 'auditor', 'team_admin', 'member'] as const;
export type Role = (typeof ROLES)[number];

/** How far a permission reaches: over all teams, over the caller's own team, or over the caller's own key. */
export type Reach = 'all' | 'team' | 'key';

type Row = Partial<Record<Role, Reach>>;

const EVERYBODY: Row = { platform_admin: 'team', auditor: 'team', team_admin: 'team', member: 'team' };
const PLATFORM: Row = { platform_admin: 'all' };
const READ_BY_PLATFORM: Row = { ...PLATFORM, auditor: 'all' };
const READ_BY_TEAM_ADMINS: Row = { ...READ_BY_PLATFORM, team_admin: 'team' };
const READ_BY_TEAMS: Row = { ...READ_BY_TEAM_ADMINS, member: 'team' };
const WRITTEN_BY_TEAM_ADMINS: Row = { ...PLATFORM, team_admin: 'team' };

/** Who may do what: the one table of access. A route names one permission with `@Requires()`. */
const GRANTS = {
  'api:use': EVERYBODY,
  'playground:use': { platform_admin: 'all', team_admin: 'team', member: 'key' },
  'self:read': EVERYBODY,
  'self:write': EVERYBODY,
  'usage:read': READ_BY_TEAMS,
  'savings:read': READ_BY_TEAMS,
  'requests:read': { ...READ_BY_TEAM_ADMINS, member: 'key' },
  'batches:read': { ...READ_BY_TEAM_ADMINS, member: 'key' },
  'batches:write': { ...WRITTEN_BY_TEAM_ADMINS, member: 'key' },
  'events:read': { ...READ_BY_TEAM_ADMINS, member: 'key' },
  'teams:read': READ_BY_TEAMS,
  'teams:write': PLATFORM,
  'keys:read': READ_BY_TEAM_ADMINS,
  'keys:write': WRITTEN_BY_TEAM_ADMINS,
  'budgets:read': READ_BY_TEAMS,
  'budgets:write': WRITTEN_BY_TEAM_ADMINS,
  'credits:read': READ_BY_TEAM_ADMINS,
  'credits:write': PLATFORM,
  'cache:read': READ_BY_TEAMS,
  'cache:invalidate': WRITTEN_BY_TEAM_ADMINS,
  'cache:write': PLATFORM,
  'alerts:read': READ_BY_TEAM_ADMINS,
  'alerts:write': WRITTEN_BY_TEAM_ADMINS,
  'audit:read': READ_BY_TEAM_ADMINS,
  'audit:verify': READ_BY_PLATFORM,
  'ledger:verify': READ_BY_PLATFORM,
  'models:read': READ_BY_PLATFORM,
  'models:write': PLATFORM,
  'providers:read': READ_BY_PLATFORM,
  'providers:write': PLATFORM,
  'prices:read': READ_BY_PLATFORM,
  'prices:write': PLATFORM,
  'webhooks:read': READ_BY_PLATFORM,
  'webhooks:write': PLATFORM,
  'settings:read': READ_BY_TEAMS,
  'settings:write': PLATFORM,
  'sessions:read': READ_BY_PLATFORM,
  'sessions:end': PLATFORM,
} as const satisfies Record<string, Row>;

export type Permission = keyof typeof GRANTS;

export const PERMISSIONS = Object.keys(GRANTS) as Permission[];

/** How far a role's permission reaches; undefined if the role does not have it. */
export function reachOf(role: Role, permission: Permission): Reach | undefined {
  const row: Row = GRANTS[permission];
  return row[role];
}

/** The permissions of a role. */
export function permissionsOf(role: Role): Permission[] {
  return PERMISSIONS.filter((permission) => reachOf(role, permission) !== undefined);
}

/** The roles that have a permission, for messages. */
export function rolesWith(permission: Permission): Role[] {
  return ROLES.filter((role) => reachOf(role, permission) !== undefined);
}

/** Whether a role may do all that another one may: a caller manages only keys whose role its own includes. */
export function includesRole(role: Role, other: Role): boolean {
  return PERMISSIONS.every((permission) => {
    const needed = reachOf(other, permission);
    const reach = reachOf(role, permission);
    return needed === undefined || (reach !== undefined && BREADTH[reach] >= BREADTH[needed]);
  });
}

const BREADTH: Record<Reach, number> = { key: 0, team: 1, all: 2 };
