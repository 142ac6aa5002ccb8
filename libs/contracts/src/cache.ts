import { z } from 'zod';
import { usdSchema } from './common';

const modelCacheStatsSchema = z.object({
  model: z.string().meta({ example: 'gpt-4.1' }),
  version: z
    .string()
    .nullable()
    .meta({ description: 'The declared version, null where none is', example: '2026-11-01' }),
  generation: z.number().int().meta({ description: 'The cache generation these counts belong to', example: 2 }),
  keys: z.number().int().meta({ description: 'Answers kept now', example: 1 }),
  hits: z.number().int().meta({ example: 41 }),
  misses: z.number().int().meta({ example: 9 }),
  saved_usd: usdSchema,
});

/** What the response cache has done and holds. */
export const cacheStatsSchema = z.object({
  total_keys: z.number().int().meta({ example: 1 }),
  hits: z.number().int().meta({ example: 41 }),
  misses: z.number().int().meta({ example: 9 }),
  hit_rate: z.number().meta({ description: 'Hits of all that were looked up, 0 to 1', example: 0.82 }),
  saved_usd: usdSchema,
  models: z.array(modelCacheStatsSchema),
});
export type CacheStats = z.output<typeof cacheStatsSchema>;

/** Which answers are taken out of service. */
export const invalidateCacheSchema = z
  .strictObject({
    model: z.string().min(1).optional().meta({ description: 'All answers under this model’s name' }),
    all: z.literal(true).optional().meta({ description: 'Everything' }),
    dry_run: z.boolean().optional().meta({ description: 'Only count' }),
  })
  .refine((body) => (body.model === undefined) !== (body.all === undefined), {
    path: ['model'],
    message: 'Name a model, or send {"all": true} to invalidate everything',
  })
  .meta({ example: { model: 'gpt-4.1' } });
export type InvalidateCache = z.output<typeof invalidateCacheSchema>;

export const cacheInvalidatedSchema = z.object({
  generation: z.number().int().meta({ description: 'The generation now in force', example: 3 }),
  invalidated_keys: z.number().int().meta({ description: 'Answers that were taken out of service', example: 1 }),
});
export type CacheInvalidated = z.output<typeof cacheInvalidatedSchema>;
