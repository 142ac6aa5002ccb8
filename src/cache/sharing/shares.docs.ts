import { createCacheShareSchema, updateCacheShareSchema } from '@thriftgate/contracts';
import { bodyOf } from '../../http/openapi/contract-schema';

const SUPPORT = 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE';
const SALES = 'team_01KAS5N1V4R8X0Z2B6D9F3H5JK';

export const CREATE_DESCRIPTION = `Teams read only their own stored responses unless they are in a share. Within a share, an identical call of any team gets
the response that another team has paid for, and identical calls at the same time are one upstream call. A team that joins reads
what is stored already. **Responses of one team are shown to the others**, and a fast response reveals that another team made the
same call.

A team is in at most one share for each model: a second one is a 400 that names the first. A share is in force here when the call
returns, on other replicas within a second, and is recorded in \`/admin/audit\`. Savings belong to the team that made the call.`;

export const UPDATE_DESCRIPTION = `Members that are left out stay; \`team_ids\` replaces all teams, \`"all": true\` replaces a list of teams, \`"models": null\` replaces a
list of models. A team that is removed leaves at once: it does not read what the others have stored, and they do not read what it
stores from then on, also where its call started before. What it stored in the share stays in the share.`;

export const DELETE_DESCRIPTION =
  'Each team reads only its own responses again; no team reads what was stored in the share.';

export const CREATE_BODY = bodyOf(createCacheShareSchema, {
  teams: {
    summary: 'Two teams share the responses of one model',
    value: { name: 'support and sales', team_ids: [SUPPORT, SALES], models: ['gpt-4.1-mini'] },
  },
  organisation: { summary: 'All teams share', value: { name: 'everybody', all: true } },
});

export const UPDATE_BODY = bodyOf(updateCacheShareSchema, {
  leave: { summary: 'Remove a team: name the remaining ones', value: { team_ids: [SUPPORT] } },
  everyone: { summary: 'Add all teams', value: { all: true } },
  models: { summary: 'Share the responses of every model', value: { models: null } },
});
