import { z } from 'zod';
import { plainText, storable, timeSchema, usdSchema } from './common';
import { filterSchema, fromBeforeTo, groupByOf, NOT_BEFORE } from './report-queries';
import { dayOrTimeSchema } from './report-times';

/** The groups of cache statistics. */
export const cacheStatsGroups = ['team', 'day', 'model', 'version', 'generation', 'upstream_model'] as const;
export type CacheStatsGroup = (typeof cacheStatsGroups)[number];

const MS_PER_DAY = 24 * 3600 * 1000;
/** Statistics are kept by day, so a time within a day is rejected. */
const wholeDaySchema = (day: 'start' | 'end') =>
  dayOrTimeSchema(day).refine((time) => time.getTime() % MS_PER_DAY === 0, {
    message: 'must be a day (2026-11-23) or its beginning in UTC: these statistics are kept by day',
  });

/** `GET /admin/cache/stats`. */
export const cacheStatsQuerySchema = z
  .strictObject({
    from: wholeDaySchema('start').optional().meta({
      description: 'The first day (UTC); RFC 3339 and Unix seconds are accepted too. Default: the first recorded day.',
      example: '2026-11-01',
    }),
    to: wholeDaySchema('end')
      .optional()
      .meta({ description: 'The last day (UTC), included. Default: now.', example: '2026-11-30' }),
    model: filterSchema.meta({ description: 'Only calls of this model', example: 'gpt-4.1' }),
    team_id: filterSchema.meta({ description: 'Only calls of this team' }),
    group_by: groupByOf(cacheStatsGroups),
  })
  .refine(fromBeforeTo, NOT_BEFORE);
export type CacheStatsQuery = z.output<typeof cacheStatsQuerySchema>;

const count = z.int().min(0);
const hitRateSchema = z.number().meta({
  description: 'hits / (hits + misses), 0 to 1. Coalesced calls count in neither.',
  example: 0.82,
});
const savedSchema = usdSchema.meta({
  description: 'List price of the responses to hits and coalesced calls, in US dollars, an exact decimal',
});

const callCounts = {
  hits: count.meta({ description: 'Calls with a response from the cache', example: 41 }),
  misses: count.meta({ description: 'Calls that read the cache and called an upstream', example: 9 }),
  coalesced: count.meta({
    description: 'Calls that got the response of an equal call which ran at the same time',
    example: 3,
  }),
  bypassed: count.meta({ description: 'Calls that neither read nor wrote the cache', example: 2 }),
  refreshed: count.meta({ description: 'Calls that wrote the cache without reading it', example: 1 }),
  refused: z.record(z.string(), count).meta({
    description: 'Responses that were not stored, by reason; `bypass` means that the caller opted out',
    example: { not_stopped: 1, bypass: 2 },
  }),
};
const held = {
  bytes: count.meta({
    description: 'Memory that stored responses use now in all instances, for all teams; a few seconds old',
    example: 1843,
  }),
  evictions: count.meta({
    description: 'Responses evicted from memory; a killed instance loses the count of its last seconds',
    example: 0,
  }),
};

const modelCacheStatsSchema = z
  .object({
    model: z.string().meta({ example: 'gpt-4.1' }),
    version: z
      .string()
      .nullable()
      .meta({ description: 'The declared version; null if there is none', example: '2026-11-01' }),
    generation: z.int().meta({ description: 'The cache generation of these counts', example: 2 }),
    keys: count.meta({ description: 'Responses stored now, of all teams', example: 1 }),
    ...callCounts,
    ...held,
    saved_usd: savedSchema,
    hit_rate: hitRateSchema,
  })
  .meta({ id: 'ModelCacheStats' });

/** Why a generation began. `retargeted` is only in old rows. */
export const generationReasons = ['configured', 'declared', 'invalidated', 'replaced', 'retargeted', 'drift'] as const;
const generationMarkSchema = z
  .object({
    model: z.string(),
    generation: z.int(),
    version: z.string().nullable(),
    reason: z.enum(generationReasons).meta({
      description:
        'configured: gateway.yaml names another version. declared: an administrator does. drift: the upstream’s answers do. replaced, ' +
        'invalidated: by POST /admin/cache/invalidate. retargeted: its deployments changed',
    }),
    started_at: timeSchema,
    ended_at: timeSchema.nullable().meta({ description: 'When the next one began; null for the one in force' }),
  })
  .meta({ id: 'GenerationMark' });

const groupValue = (description: string, example: string) =>
  z.string().nullable().optional().meta({ description, example });

/** The counts of one group; the members that name it are those of `group_by`. */
const groupCacheStatsSchema = z
  .object({
    team: groupValue('The id of the team', 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE'),
    day: groupValue('UTC', '2026-11-23'),
    model: groupValue('The name that callers use', 'gpt-4.1'),
    version: groupValue('The declared version of the generation; null if there is none', '2026-11-01'),
    generation: z.int().optional().meta({ description: 'The cache generation', example: 2 }),
    upstream_model: groupValue('The upstream’s name of the version that wrote the response', 'gpt-4.1-2025-04-14'),
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

/** The counts and the size of the response cache. */
export const cacheStatsSchema = z
  .object({
    total_keys: count.meta({ description: 'Responses stored now, of all teams', example: 1 }),
    hits: callCounts.hits,
    misses: callCounts.misses,
    hit_rate: hitRateSchema,
    saved_usd: savedSchema,
    coalesced: callCounts.coalesced,
    bypassed: callCounts.bypassed,
    refreshed: callCounts.refreshed,
    refused: callCounts.refused,
    refreshed_by: z.record(z.string(), count).meta({
      description:
        'Refreshed calls by the member or header that asked for it; a killed instance loses its last seconds',
      example: { 'Cache-Control': 1 },
    }),
    ...held,
    models: z.array(modelCacheStatsSchema),
    generations: z.array(generationMarkSchema).meta({
      description:
        'When and why each generation began, oldest first, of the models and days asked for. The first one of a model has no mark',
    }),
    data: z
      .array(groupCacheStatsSchema)
      .optional()
      .meta({ description: 'The counts of each group of `group_by`; omitted without it' }),
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
      refreshed_by: { 'Cache-Control': 1 },
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
          hit_rate: 0.82,
        },
      ],
      generations: [
        {
          model: 'gpt-4.1',
          generation: 2,
          version: '2026-11-01',
          reason: 'declared',
          started_at: '2026-11-01T00:00:00.000Z',
          ended_at: null,
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
  'Name the responses: send model, version, team_id, tag, key or before (all sent members must match), or {"all": true} for everything';
const ALL_ALONE = 'covers everything: send no other member but dry_run';
const REPLACES_WHAT = 'needs the old "model" or "version", and allows no other member';

/** The responses to invalidate: those that match every sent member. */
export const invalidateCacheSchema = z
  .strictObject({
    model: plainText(512).min(1).optional().meta({ description: 'Responses under this model’s name' }),
    version: plainText(512).min(1).optional().meta({
      description:
        'Responses that this version wrote: the upstream’s name of it (x-gateway-model), its system_fingerprint, or a declared version',
    }),
    replaced_by: plainText(128)
      .min(1)
      .optional()
      .meta({
        description:
          'The successor of the old `model` or `version`. For a model it becomes the declared version; its first responses ' +
          'start no further generation',
      }),
    team_id: plainText(128).min(1).optional().meta({ description: 'Responses that this team paid for' }),
    tag: storable(512).min(1).optional().meta({ description: 'Responses to calls with this tag (x-gateway-tags)' }),
    key: plainText(4096).min(1).optional().meta({ description: 'One response: its x-cache-key' }),
    before: z.iso
      .datetime({ offset: true })
      .optional()
      .meta({ description: 'Responses to calls that began before this time' }),
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

const dryRunModelSchema = z.object({
  model: z.string(),
  version: z.string().nullable(),
  generation: z.int(),
  answers: count.meta({ description: 'Responses that would be invalidated' }),
  bytes: count.meta({ description: 'What they take where they are stored' }),
  refill_cost_usd: usdSchema.meta({
    description:
      'About what it costs to fill the cache again: as many responses as had hits in the last 7 days, at most all, at the list ' +
      'price of these hits. 0 where there were none',
  }),
});

export const cacheInvalidatedSchema = z
  .object({
    generation: z
      .number()
      .int()
      .meta({ description: 'The current generation; for several models, the highest', example: 3 }),
    invalidated_keys: z
      .number()
      .int()
      .meta({ description: 'Invalidated responses; in a dry run, those that would be', example: 1 }),
    dry_run: z
      .object({
        models: z.array(dryRunModelSchema),
        bytes: count,
        refill_cost_usd: usdSchema,
        teams: z
          .array(z.object({ id: z.string(), name: z.string().nullable() }))
          .meta({ description: 'Teams whose calls can have hits on these responses now' }),
        last_audit_id: z
          .string()
          .nullable()
          .meta({ description: 'The audit event of the last invalidation, of the same model where one is named' }),
      })
      .optional()
      .meta({ description: 'Only in a dry run: what would be lost' }),
  })
  .meta({ id: 'CacheInvalidated', example: { generation: 3, invalidated_keys: 202 } });
export type CacheInvalidated = z.output<typeof cacheInvalidatedSchema>;
