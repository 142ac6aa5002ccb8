import { z } from 'zod';
import { plainText, timeSchema } from './common';
import { longPage, nextCursorSchema } from './report-queries';

/** A display name, without characters that the database cannot store. */
export const nameSchema = plainText(200).trim().min(1);

/** An id in a path. The route checks whether it exists. */
export const pathIdSchema = z.string().regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must not have control characters');

export const createTeamSchema = z
  .strictObject({ name: nameSchema })
  .meta({ id: 'CreateTeam', example: { name: 'search' } });
export type CreateTeam = z.output<typeof createTeamSchema>;

export const updateTeamSchema = z
  .strictObject({ name: nameSchema })
  .meta({ id: 'UpdateTeam', example: { name: 'search and discovery' } });
export type UpdateTeam = z.output<typeof updateTeamSchema>;

/** `GET /admin/teams`. */
export const listTeamsQuerySchema = z.strictObject({
  include: z.enum(['deleted']).optional().meta({ description: 'deleted: deleted teams, too' }),
  ...longPage,
});
export type ListTeamsQuery = z.output<typeof listTeamsQuerySchema>;

/** `DELETE /admin/teams/{id}`. */
export const deleteTeamQuerySchema = z.strictObject({
  force: z
    .enum(['true', 'false'])
    .optional()
    .meta({ description: 'true: also a team with live keys or a balance, which is given up' }),
});
export type DeleteTeamQuery = z.output<typeof deleteTeamQuerySchema>;

const teamExample = {
  id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE',
  name: 'search',
  created_at: '2026-11-23T09:00:00.000Z',
  updated_at: '2026-11-23T09:00:00.000Z',
  deleted_at: null,
};

/** A team as `/admin/teams` shows it. */
export const teamSchema = z
  .object({
    id: z.string(),
    name: z.string(),
    created_at: timeSchema,
    updated_at: timeSchema,
    deleted_at: timeSchema.nullable().meta({ description: 'Null while the team exists' }),
  })
  .meta({ id: 'Team', example: teamExample });
export type Team = z.output<typeof teamSchema>;

export const teamListSchema = z
  .object({ data: z.array(teamSchema), next_cursor: nextCursorSchema })
  .meta({ id: 'TeamList', example: { data: [teamExample], next_cursor: null } });
export type TeamList = z.output<typeof teamListSchema>;

/** The response to a deletion under `/admin`. */
export const deletedSchema = z
  .object({ id: z.string(), deleted: z.literal(true) })
  .meta({ id: 'Deleted', example: { id: teamExample.id, deleted: true } });
export type Deleted = z.output<typeof deletedSchema>;
