import { createCacheShareSchema, updateCacheShareSchema } from '@thriftgate/contracts';
import { bodyOf } from '../../http/openapi/contract-schema';

const SUPPORT = 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE';
const SALES = 'team_01KAS5N1V4R8X0Z2B6D9F3H5JK';

export const CREATE_DESCRIPTION = `Teams keep to their own answers unless a share says otherwise. Within one, an identical question of any of its teams gets
the answer that another one has paid for, and questions asked at the same time are one upstream call. Whoever joins sees what
is there. **Answers of one team are shown to the others**, and how fast an answer comes tells whether anybody asked before.

A team is in at most one share for each model: a second one is a 400 that names the first. It is in force here when this returns,
on other replicas within a second, and stands in \`/admin/audit\`. The savings are those of the team whose call was answered.`;

export const UPDATE_DESCRIPTION = `What is left out stays; \`team_ids\` takes the place of all teams before, \`"all": true\` of a list, \`"models": null\` of a list of
models. A team that is left out goes on alone at once: it reads nothing that the others have stored, nor do they read what it
stores from then on, also where it was asked before. What it stored in the share stays with the share.`;

export const DELETE_DESCRIPTION = 'Every team goes on alone, and nobody reads what was stored in the share.';

export const CREATE_BODY = bodyOf(createCacheShareSchema, {
  teams: {
    summary: 'Two teams share what one model answers',
    value: { name: 'support and sales', team_ids: [SUPPORT, SALES], models: ['gpt-4.1-mini'] },
  },
  organisation: { summary: 'The whole organisation shares', value: { name: 'everybody', all: true } },
});

export const UPDATE_BODY = bodyOf(updateCacheShareSchema, {
  leave: { summary: 'A team leaves: the others are named', value: { team_ids: [SUPPORT] } },
  everyone: { summary: 'Everybody joins', value: { all: true } },
  models: { summary: 'The answers of every model are shared', value: { models: null } },
});
