import { GatewayError } from '../common/errors';

/** The team that the platform administrator's own calls belong to. It is always there. */
export const PLATFORM_TEAM_ID = 'team_platform';

export interface Team {
  id: string;
  name: string;
  createdAt: Date;
  updatedAt: Date;
}

export function noSuchTeam(id: string): GatewayError {
  return new GatewayError('not_found', { message: `There is no team '${id}'.` });
}
