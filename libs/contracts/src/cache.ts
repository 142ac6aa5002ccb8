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

const NOTHING_GIVEN =
  'Say which answers: model, version, team_id, tag, key or before (all that are given must match), or {"all": true} for everything';
const ALL_ALONE = 'is everything: send nothing beside it but dry_run';
const REPLACES_WHAT = 'takes the place of something: name the old "model" or "version" with it, and nothing else';

/** Which answers are taken out of service: those that match every member that is given. */
export const invalidateCacheSchema = z
  .strictObject({
    model: z.string().min(1).max(512).optional().meta({ description: 'Answers under this model’s name' }),
    version: z.string().min(1).max(512).optional().meta({
      description:
        'Answers that this version wrote: the upstream’s own name of it (x-gateway-model), its system_fingerprint, or a declared version',
    }),
    replaced_by: z.string().min(1).max(128).optional().meta({
      description:
        'What takes the place of the old `model` or `version`. Of a model it becomes the declared version; its first answers start no further generation',
    }),
    team_id: z.string().min(1).max(128).optional().meta({ description: 'Answers that this team paid for' }),
    tag: z.string().min(1).max(512).optional().meta({ description: 'Answers to calls with this tag (x-gateway-tags)' }),
    key: z.string().min(1).max(4096).optional().meta({ description: 'One answer: its x-cache-key' }),
    before: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: 'Answers to questions that were asked before this time' }),
    all: z.literal(true).optional().meta({ description: 'Everything' }),
    dry_run: z.boolean().optional().meta({ description: 'Only count' }),
  })
  .superRefine(({ all, dry_run: _dryRun, replaced_by: replacedBy, ...criteria }, context) => {
    const given = Object.values(criteria).filter((value) => value !== undefined).length;
    const fail = (member: string, message: string) => context.addIssue({ code: 'custom', path: [member], message });
    if (all && (given > 0 || replacedBy !== undefined)) fail('all', ALL_ALONE);
    else if (replacedBy !== undefined) {
      const old = [criteria.model, criteria.version].filter((value) => value !== undefined).length;
      if (old === 0 || given > old) fail('replaced_by', REPLACES_WHAT);
    } else if (!all && given === 0) fail('model', NOTHING_GIVEN);
  })
  .meta({ example: { model: 'gpt-4.1' } });
export type InvalidateCache = z.output<typeof invalidateCacheSchema>;

export const cacheInvalidatedSchema = z.object({
  generation: z
    .number()
    .int()
    .meta({ description: 'The generation now in force; where several models are meant, the highest', example: 3 }),
  invalidated_keys: z
    .number()
    .int()
    .meta({ description: 'Answers that were taken out of service, or would be by a dry run', example: 1 }),
});
export type CacheInvalidated = z.output<typeof cacheInvalidatedSchema>;
