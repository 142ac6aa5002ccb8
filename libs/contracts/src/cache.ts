import { z } from 'zod';
import { plainText, storable, usdSchema } from './common';
import { filterSchema, fromBeforeTo, groupByOf, NOT_BEFORE } from './report-queries';
import { dayOrTimeSchema } from './report-times';

/** What the statistics of the cache can be grouped by. */
export const cacheStatsGroups = ['team', 'day', 'model', 'version', 'generation', 'upstream_model'] as const;
export type CacheStatsGroup = (typeof cacheStatsGroups)[number];

const MS_PER_DAY = 24 * 3600 * 1000;
/** Statistics are kept by day: a time within one would have to be answered with what it does not say. */
const wholeDaySchema = (day: 'start' | 'end') =>
  dayOrTimeSchema(day).refine((time) => time.getTime() % MS_PER_DAY === 0, {
    message: 'must be a day (2026-11-23) or its beginning in UTC: these statistics are kept by day',
  });

/** `GET /admin/cache/stats`. */
export const cacheStatsQuerySchema = z
  .strictObject({
    from: wholeDaySchema('start').optional().meta({
      description: 'From this day (UTC) on; RFC 3339 and Unix seconds are taken too. From the first one by default.',
      example: '2026-11-01',
    }),
    to: wholeDaySchema('end')
      .optional()
      .meta({ description: 'Up to this day (UTC), with it. Up to now by default.', example: '2026-11-30' }),
    model: filterSchema.meta({ description: 'Only of this model', example: 'gpt-4.1' }),
    team_id: filterSchema.meta({ description: 'Only calls of this team' }),
    group_by: groupByOf(cacheStatsGroups),
  })
  .refine(fromBeforeTo, NOT_BEFORE);
export type CacheStatsQuery = z.output<typeof cacheStatsQuerySchema>;

const count = z.int().min(0);
const hitRateSchema = z.number().meta({
  description: 'hits / (hits + misses), 0 to 1. Calls that shared another one’s answer are in neither.',
  example: 0.82,
});
const savedSchema = usdSchema.meta({
  description: 'List price of what hits and coalesced calls were given, in US dollars, an exact decimal',
});

const callCounts = {
  hits: count.meta({ description: 'Calls that were answered from the cache', example: 41 }),
  misses: count.meta({ description: 'Calls that were looked up and asked upstream', example: 9 }),
  coalesced: count.meta({ description: 'Calls that waited for another one’s equal question', example: 3 }),
  bypassed: count.meta({ description: 'Calls that neither read nor wrote the cache', example: 2 }),
  refreshed: count.meta({ description: 'Calls that wrote the cache without reading it', example: 1 }),
  refused: z.record(z.string(), count).meta({
    description: 'Answers that were not stored, by reason; `bypass` is that the caller did not want it',
    example: { not_stopped: 1, bypass: 2 },
  }),
};
const held = {
  bytes: count.meta({
    description: 'What answers take now in the memory of all processes, of all teams; a few seconds old',
    example: 1843,
  }),
  evictions: count.meta({
    description: 'Answers that went from memory for lack of room; a killed process loses those of its last seconds',
    example: 0,
  }),
};

const modelCacheStatsSchema = z
  .object({
    model: z.string().meta({ example: 'gpt-4.1' }),
    version: z
      .string()
      .nullable()
      .meta({ description: 'The declared version, null where none is', example: '2026-11-01' }),
    generation: z.int().meta({ description: 'The cache generation these counts belong to', example: 2 }),
    keys: count.meta({ description: 'Answers kept now, of all teams', example: 1 }),
    ...callCounts,
    ...held,
    saved_usd: savedSchema,
  })
  .meta({ id: 'ModelCacheStats' });

const groupValue = (description: string, example: string) =>
  z.string().nullable().optional().meta({ description, example });

/** The counts of one group; the members that name it are those of `group_by`. */
const groupCacheStatsSchema = z
  .object({
    team: groupValue('The id of the team', 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE'),
    day: groupValue('UTC', '2026-11-23'),
    model: groupValue('By the name that callers use', 'gpt-4.1'),
    version: groupValue('The declared version of the generation, null where none is', '2026-11-01'),
    generation: z.int().optional().meta({ description: 'The cache generation', example: 2 }),
    upstream_model: groupValue('What the upstream calls the version that wrote the answer', 'gpt-4.1-2025-04-14'),
    ...callCounts,
    hit_rate: hitRateSchema,
    saved_usd: savedSchema,
  })
  .meta({ id: 'GroupCacheStats' });
export type GroupCacheStats = z.output<typeof groupCacheStatsSchema>;

const countsExample = {
  hits: 41,
  misses: 9,
  coalesced: 3,
  bypassed: 2,
  refreshed: 1,
  refused: { not_stopped: 1, bypass: 2 },
};

/** What the response cache has done and holds. */
export const cacheStatsSchema = z
  .object({
    total_keys: count.meta({ description: 'Answers kept now, of all teams', example: 1 }),
    hits: callCounts.hits,
    misses: callCounts.misses,
    hit_rate: hitRateSchema,
    saved_usd: savedSchema,
    coalesced: callCounts.coalesced,
    bypassed: callCounts.bypassed,
    refreshed: callCounts.refreshed,
    refused: callCounts.refused,
    ...held,
    models: z.array(modelCacheStatsSchema),
    data: z
      .array(groupCacheStatsSchema)
      .optional()
      .meta({ description: 'The counts of each group of `group_by`; not there without it' }),
  })
  .meta({
    id: 'CacheStats',
    example: {
      total_keys: 1,
      hits: 41,
      misses: 9,
      hit_rate: 0.82,
      saved_usd: '0.008448',
      coalesced: 3,
      bypassed: 2,
      refreshed: 1,
      refused: countsExample.refused,
      bytes: 1843,
      evictions: 0,
      models: [
        {
          model: 'gpt-4.1',
          version: '2026-11-01',
          generation: 2,
          keys: 1,
          ...countsExample,
          bytes: 1843,
          evictions: 0,
          saved_usd: '0.008448',
        },
      ],
      data: [
        {
          team: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE',
          day: '2026-11-23',
          ...countsExample,
          hit_rate: 0.82,
          saved_usd: '0.008448',
        },
      ],
    },
  });
export type CacheStats = z.output<typeof cacheStatsSchema>;

const NOTHING_GIVEN =
  'Say which answers: model, version, team_id, tag, key or before (all that are given must match), or {"all": true} for everything';
const ALL_ALONE = 'is everything: send nothing beside it but dry_run';
const REPLACES_WHAT = 'takes the place of something: name the old "model" or "version" with it, and nothing else';

/** Which answers are taken out of service: those that match every member that is given. */
export const invalidateCacheSchema = z
  .strictObject({
    model: plainText(512).min(1).optional().meta({ description: 'Answers under this model’s name' }),
    version: plainText(512).min(1).optional().meta({
      description:
        'Answers that this version wrote: the upstream’s own name of it (x-gateway-model), its system_fingerprint, or a declared version',
    }),
    replaced_by: plainText(128).min(1).optional().meta({
      description:
        'What takes the place of the old `model` or `version`. Of a model it becomes the declared version; its first answers start no further generation',
    }),
    team_id: plainText(128).min(1).optional().meta({ description: 'Answers that this team paid for' }),
    tag: storable(512).min(1).optional().meta({ description: 'Answers to calls with this tag (x-gateway-tags)' }),
    key: plainText(4096).min(1).optional().meta({ description: 'One answer: its x-cache-key' }),
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
  .meta({ id: 'InvalidateCache', example: { model: 'gpt-4.1' } });
export type InvalidateCache = z.output<typeof invalidateCacheSchema>;

export const cacheInvalidatedSchema = z
  .object({
    generation: z
      .number()
      .int()
      .meta({ description: 'The generation now in force; where several models are meant, the highest', example: 3 }),
    invalidated_keys: z
      .number()
      .int()
      .meta({ description: 'Answers that were taken out of service, or would be by a dry run', example: 1 }),
  })
  .meta({ id: 'CacheInvalidated', example: { generation: 3, invalidated_keys: 202 } });
export type CacheInvalidated = z.output<typeof cacheInvalidatedSchema>;
