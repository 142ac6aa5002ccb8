import type * as contracts from '@thriftgate/contracts';
import { GatewayError } from '../common/errors';

/** The team of calls with the platform administrator's key. It cannot be deleted. */
export const PLATFORM_TEAM_ID = 'team_platform';

export interface Team {
  id: string;
  name: string;
  createdAt: Date;
  updatedAt: Date;
  /** Null while the team exists. A deleted team can be read, not changed. */
  deletedAt: Date | null;
}

/** @param deletedAt when the team was deleted, if it ever existed */
export function noSuchTeam(id: string, deletedAt?: Date | null): GatewayError {
  const message = deletedAt
    ? `The team '${id}' was deleted at ${deletedAt.toISOString()}.`
    : `There is no team '${id}'. GET /admin/teams lists the teams.`;
  return new GatewayError('not_found', { message });
}

/** As `/admin` shows a team. */
export function toWire(team: Team): contracts.Team {
  return {
    id: team.id,
    name: team.name,
    created_at: team.createdAt.toISOString(),
    updated_at: team.updatedAt.toISOString(),
    deleted_at: team.deletedAt?.toISOString() ?? null,
  };
}
