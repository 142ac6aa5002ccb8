import { z } from 'zod';
import { timeSchema, usdSchema } from './common';
import { anyName, requestFilters } from './request-filters';
import { filterSchema, groupByOf, NOT_BEFORE } from './report-queries';
import { type DayOrTime, localDayOrTimeSchema } from './report-times';

/** The groups of a usage report. */
export const usageGroups = ['model', 'key', 'hour', 'day', 'week', 'month', 'tag', 'provider', 'cache_status'] as const;
/** As {@link usageGroups}, over all teams. */
export const adminUsageGroups = [...usageGroups, 'team'] as const;
export type UsageGroup = (typeof adminUsageGroups)[number];

/** Whether `from` is before `to`, as far as that is known without the time zone. */
export const inOrder = ({ from, to }: { from?: DayOrTime | undefined; to?: DayOrTime | undefined }) => {
  if (from instanceof Date && to instanceof Date) return from < to;
  return !from || !to || from instanceof Date || to instanceof Date || from.day <= to.day;
};

const usageQuestion = {
  from: localDayOrTimeSchema.optional().meta({
    description:
      'Not earlier than this: RFC 3339, Unix seconds, or a day of the time zone. Default: the start of the day 30 days before the end.',
    example: '2026-11-01',
  }),
  to: localDayOrTimeSchema.optional().meta({
    description:
      'Earlier than this: RFC 3339 or Unix seconds; a day of the time zone is included whole. Default: the end of today.',
    example: '2026-11-30',
  }),
  timezone: z.string().min(1).max(64).default('UTC').meta({
    description: 'An IANA name: hours, days, weeks and months begin by its clock',
    example: 'Asia/Seoul',
  }),
  model: anyName('models', 'gpt-4.1,gpt-4.1-mini'),
  key: anyName('ids of API keys', 'key_01KAS5N1V4R8X0Z2B6D9F3H5JK'),
  tag: anyName('tags; calls with any of them count', 'nightly'),
  provider: requestFilters.provider,
  cache_status: requestFilters.cache_status,
  status: requestFilters.status,
  exclude_model: anyName('models', 'gpt-4.1-mini'),
  exclude_key: anyName('ids of API keys', 'key_01KAS5N1V4R8X0Z2B6D9F3H5JK'),
  exclude_tag: anyName('tags; calls with any of them do not count', 'nightly'),
  exclude_provider: requestFilters.provider,
  exclude_cache_status: requestFilters.cache_status,
  compare: z
    .enum(['previous'], 'must be previous')
    .optional()
    .meta({ description: 'previous: each row and the total also have the sums of the period of equal length before' }),
  limit: z.coerce.number().int().min(1).max(10_000).optional().meta({
    description: 'Only so many groups, those with the highest cost; one more row, with `others`, sums the rest',
    example: 10,
  }),
  format: z.enum(['json', 'csv']).default('json'),
};

/** `GET /v1/usage`. */
export const usageQuerySchema = z
  .strictObject({ group_by: groupByOf(usageGroups), ...usageQuestion })
  .refine(inOrder, NOT_BEFORE);
export type UsageQuery = z.output<typeof usageQuerySchema>;

/** `GET /admin/usage`. */
export const adminUsageQuerySchema = z
  .strictObject({
    group_by: groupByOf(adminUsageGroups),
    ...usageQuestion,
    team_id: filterSchema,
    team: anyName('ids of teams', 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE'),
    exclude_team: anyName('ids of teams', 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE'),
  })
  .refine(inOrder, NOT_BEFORE);
export type AdminUsageQuery = z.output<typeof adminUsageQuerySchema>;

const percentile = (share: string) =>
  z
    .int()
    .nullable()
    .meta({ description: `The ${share} of the latency of answers, from counts in buckets; null without answers` });

const plainSums = {
  requests: z
    .int()
    .meta({ description: 'Calls. A call with several attempts counts once, in the group of its first attempt.' }),
  refused: z
    .int()
    .meta({ description: 'Calls that the gateway refused before a provider was asked; no part of `requests`' }),
  errors: z.int().meta({
    description:
      'Calls that ended in an error. Grouped or filtered by provider, or filtered by status: attempts that failed.',
  }),
  estimated: z.int().meta({ description: 'Attempts whose tokens or price are estimates of the gateway' }),
  input_tokens: z.int(),
  cached_input_tokens: z.int().meta({ description: 'Of the input tokens, those that the provider had cached' }),
  output_tokens: z.int(),
  reasoning_tokens: z.int().meta({ description: 'Of the output tokens, those of reasoning' }),
  list_cost_usd: usdSchema,
  cost_usd: usdSchema,
  estimated_cost_usd: usdSchema.meta({ description: 'The part of the cost that is estimated' }),
  saved_usd: usdSchema,
  latency_p50_ms: percentile('median'),
  latency_p95_ms: percentile('95th percentile'),
  refused_by: z
    .record(z.string(), z.int())
    .meta({ description: 'The refused calls by error code', example: { budget_exceeded: 3 } }),
};
const previousSchema = z.object(plainSums).meta({ id: 'PreviousUsageSums' });
const usageSumsSchema = z
  .object({
    ...plainSums,
    previous: previousSchema.optional().meta({ description: 'The sums of the period before, with compare=previous' }),
  })
  .meta({ id: 'UsageSums' });
/** Sums over calls. */
export type UsageSums = z.output<typeof usageSumsSchema>;

const groupValue = (description: string, example: string) =>
  z.string().nullable().optional().meta({ description, example });

/** The sums of one group, named by the members of `group_by`; null if the calls have no value. */
export const usageRowSchema = z
  .object({
    model: groupValue('The name that callers use', 'gpt-4.1'),
    key: groupValue('The id of the API key', 'key_01KAS5N1V4R8X0Z2B6D9F3H5JK'),
    key_name: groupValue('The name of the API key, also of a deleted one', 'nightly jobs'),
    team: groupValue('The id of the team', 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE'),
    team_name: groupValue('The name of the team, also of a deleted one', 'Search'),
    hour: groupValue('The start of an hour of the time zone', '2026-11-23T09:00:00Z'),
    day: groupValue('A day of the time zone', '2026-11-23'),
    week: groupValue('A week of ISO 8601, from Monday', '2026-W48'),
    month: groupValue('A month of the time zone', '2026-11'),
    tag: groupValue('A call with several tags counts in each of them', 'nightly'),
    provider: groupValue('The called provider; for a hit, the provider that wrote the response', 'openai'),
    cache_status: groupValue('As in the header x-cache-status', 'MISS'),
    others: z
      .int()
      .optional()
      .meta({ description: 'Only in the row of the groups beyond `limit`: how many they are. Its groups are null.' }),
    ...usageSumsSchema.shape,
  })
  .meta({ id: 'UsageRow' });
export type UsageRow = z.output<typeof usageRowSchema>;

const spanSchema = { from: timeSchema, to: timeSchema };
const sumsExample = {
  requests: 3,
  refused: 1,
  errors: 0,
  estimated: 0,
  input_tokens: 42,
  cached_input_tokens: 0,
  output_tokens: 30,
  reasoning_tokens: 0,
  list_cost_usd: '0.000576',
  cost_usd: '0.000384',
  estimated_cost_usd: '0',
  saved_usd: '0.000192',
  latency_p50_ms: 812,
  latency_p95_ms: 1740,
  refused_by: { rate_limit_exceeded: 1 },
};

/** A usage report. `total` counts each call once, also if `data` has it under several tags. */
export const usageReportSchema = z
  .object({
    data: z.array(usageRowSchema),
    total: usageSumsSchema,
    ...spanSchema,
    timezone: z.string(),
    previous: z.object(spanSchema).optional().meta({ description: 'The period before, with compare=previous' }),
    as_of: timeSchema.meta({
      description: 'The report has the calls that ended up to then on this instance; those of others are 0.1 s behind',
    }),
  })
  .meta({
    id: 'UsageReport',
    example: {
      data: [{ model: 'gpt-4.1', day: '2026-11-23', ...sumsExample }],
      total: sumsExample,
      from: '2026-11-23T00:00:00.000Z',
      to: '2026-11-24T00:00:00.000Z',
      timezone: 'UTC',
      as_of: '2026-11-23T09:00:00.000Z',
    },
  });
export type UsageReport = z.output<typeof usageReportSchema>;
