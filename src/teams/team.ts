import { GatewayError } from '../common/errors';

/** The team of calls with the platform administrator's key. It cannot be deleted. */
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
