import { z } from 'zod';
import { plainText } from './common';
import { filterSchema } from './report-queries';

/** The query of the routes under `/admin/playground`. */
export const playgroundQuerySchema = z.strictObject({
  team_id: plainText(128).min(1).meta({
    description: 'The team that pays. For roles of one team it is that team, and need not be sent',
    example: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE',
  }),
  key_id: filterSchema.meta({ description: 'Of a member, its own key; need not be sent' }),
});
export type PlaygroundQuery = z.output<typeof playgroundQuerySchema>;
