import type { Team } from '@thriftgate/contracts';
import { api } from '../api/client';
import type { Subject } from '../api/edited-query';

/** A team that is renamed or deleted. */
export const teamSubject = (id: string): Subject<Team> => ({
  key: ['teams', id],
  read: (options) => api.admin.teams.retrieveTagged(id, options),
});
