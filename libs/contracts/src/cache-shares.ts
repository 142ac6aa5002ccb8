import { z } from 'zod';
import { plainText, timeSchema } from './common';
import { nameSchema } from './teams';

const teamIds = z
  .array(plainText(128).min(1))
  .min(1)
  .max(10_000)
  .meta({ description: 'The teams that share; instead of `all`' });
const everyone = z.literal(true).meta({ description: 'Every team shares, also later ones' });
const models = z
  .array(plainText(128).min(1))
  .min(1, 'must name a model; omit it or send null for all models')
  .max(1_000)
  .nullable()
  .meta({ description: 'The models with shared responses; null means all' });

const EITHER = 'send either "team_ids", or "all": true for the whole organisation';

/** `POST /admin/cache/shares`. */
export const createCacheShareSchema = z
  .strictObject({ name: nameSchema, team_ids: teamIds.optional(), all: everyone.optional(), models: models.optional() })
  .refine(({ team_ids, all }) => (team_ids === undefined) !== (all === undefined), {
    path: ['team_ids'],
    error: EITHER,
  })
  .meta({
    id: 'CreateCacheShare',
    example: {
      name: 'support and sales',
      team_ids: ['team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE', 'team_01KAS5N1V4R8X0Z2B6D9F3H5JK'],
      models: ['gpt-4.1-mini'],
    },
  });
export type CreateCacheShare = z.output<typeof createCacheShareSchema>;

/** `PATCH /admin/cache/shares/{id}`: omitted members do not change. */
export const updateCacheShareSchema = z
  .strictObject({
    name: nameSchema.optional(),
    team_ids: teamIds.optional(),
    all: everyone.optional(),
    models: models.optional(),
  })
  .refine((changes) => Object.keys(changes).length > 0, 'must change something')
  .refine(({ team_ids, all }) => team_ids === undefined || all === undefined, { path: ['team_ids'], error: EITHER })
  .meta({
    id: 'UpdateCacheShare',
    example: { team_ids: ['team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE', 'team_01KAS6Q2X7T9Z1B3D5F7H9K1MN'] },
  });
export type UpdateCacheShare = z.output<typeof updateCacheShareSchema>;

const shareExample = {
  id: 'share_01KAT0B4D6F8H0J2K4M6N8P0Q2',
  name: 'support and sales',
  all: false,
  team_ids: ['team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE', 'team_01KAS5N1V4R8X0Z2B6D9F3H5JK'],
  models: ['gpt-4.1-mini'],
  created_at: '2026-11-23T09:00:00.000Z',
  updated_at: '2026-11-23T09:00:00.000Z',
};

/** Teams that read each other's stored responses. */
export const cacheShareSchema = z
  .object({
    id: z.string().meta({ description: 'A part of the cache keys of shared responses' }),
    name: z.string(),
    all: z.boolean().meta({ description: 'Whether every team shares' }),
    team_ids: z.array(z.string()).meta({ description: 'The teams that share; empty if all do' }),
    models: z.array(z.string()).nullable(),
    created_at: timeSchema,
    updated_at: timeSchema,
  })
  .meta({ id: 'CacheShare', example: shareExample });
export type CacheShare = z.output<typeof cacheShareSchema>;

export const cacheShareListSchema = z
  .object({ data: z.array(cacheShareSchema) })
  .meta({ id: 'CacheShareList', example: { data: [shareExample] } });
export type CacheShareList = z.output<typeof cacheShareListSchema>;
