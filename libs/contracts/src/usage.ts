import { z } from 'zod';
import { timeSchema, usdSchema } from './common';
import { ledgerStates, requestFilters, requestSortSchema } from './request-filters';
import { filterSchema, fromBeforeTo, groupByOf, NOT_BEFORE } from './report-queries';
import { dayOrTimeSchema } from './report-times';

/** The groups of a usage report. */
export const usageGroups = ['model', 'key', 'day', 'hour', 'tag', 'provider', 'cache_status'] as const;
/** As {@link usageGroups}, over all teams. */
export const adminUsageGroups = [...usageGroups, 'team'] as const;
export type UsageGroup = (typeof adminUsageGroups)[number];

const fromSchema = dayOrTimeSchema('start').optional();
const toSchema = dayOrTimeSchema('end').optional();

const timeSpan = {
  from: fromSchema.meta({
    description:
      'Not earlier than this: RFC 3339, Unix seconds, or a day (UTC). Default: the start (UTC) of the day 30 days before the end.',
    example: '2026-11-01',
  }),
  to: toSchema.meta({
    description: 'Earlier than this: RFC 3339 or Unix seconds; a day (UTC) is included. Default: now.',
    example: '2026-11-30',
  }),
};
const formatSchema = z.enum(['json', 'csv']).default('json');

/** `GET /v1/usage`. */
export const usageQuerySchema = z
  .strictObject({ ...timeSpan, group_by: groupByOf(usageGroups), format: formatSchema })
  .refine(fromBeforeTo, NOT_BEFORE);
export type UsageQuery = z.output<typeof usageQuerySchema>;

/** `GET /admin/usage`. */
export const adminUsageQuerySchema = z
  .strictObject({ ...timeSpan, group_by: groupByOf(adminUsageGroups), format: formatSchema, team_id: filterSchema })
  .refine(fromBeforeTo, NOT_BEFORE);
export type AdminUsageQuery = z.output<typeof adminUsageQuerySchema>;

const usageSumsSchema = z
  .object({
    requests: z
      .int()
      .meta({ description: 'Calls. A call with several attempts counts once, in the group of its first attempt.' }),
    input_tokens: z.int(),
    output_tokens: z.int(),
    list_cost_usd: usdSchema,
    cost_usd: usdSchema,
    saved_usd: usdSchema,
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
    team: groupValue('The id of the team', 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE'),
    day: groupValue('UTC', '2026-11-23'),
    hour: groupValue('UTC', '2026-11-23T09:00:00Z'),
    tag: groupValue('A call with several tags counts in each of them', 'nightly'),
    provider: groupValue('The called provider; for a hit, the provider that wrote the response', 'openai'),
    cache_status: groupValue('As in the header x-cache-status', 'MISS'),
    ...usageSumsSchema.shape,
  })
  .meta({ id: 'UsageRow' });
export type UsageRow = z.output<typeof usageRowSchema>;

/** A usage report. `total` counts each call once, also if `data` has it under several tags. */
export const usageReportSchema = z.object({ data: z.array(usageRowSchema), total: usageSumsSchema }).meta({
  id: 'UsageReport',
  example: {
    data: [
      {
        model: 'gpt-4.1',
        day: '2026-11-23',
        requests: 3,
        input_tokens: 42,
        output_tokens: 30,
        list_cost_usd: '0.000576',
        cost_usd: '0.000384',
        saved_usd: '0.000192',
      },
    ],
    total: {
      requests: 3,
      input_tokens: 42,
      output_tokens: 30,
      list_cost_usd: '0.000576',
      cost_usd: '0.000384',
      saved_usd: '0.000192',
    },
  },
});
export type UsageReport = z.output<typeof usageReportSchema>;

/** `GET /admin/requests`. */
export const listRequestsQuerySchema = z
  .strictObject({
    team_id: filterSchema,
    key_id: filterSchema,
    model: filterSchema,
    request_id: filterSchema,
    batch_id: filterSchema,
    ...requestFilters,
    from: fromSchema,
    to: toSchema,
    sort: requestSortSchema,
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    cursor: z
      .string()
      .max(256)
      .optional()
      .meta({ description: 'The next_cursor of the previous page, with the same filters and sort' }),
  })
  .refine(fromBeforeTo, NOT_BEFORE);
export type ListRequestsQuery = z.output<typeof listRequestsQuerySchema>;

const count = z.int().min(0);
const requestExample = {
  request_id: '01KAS5T9W3E7R1Y5U8P2A6S4DF',
  attempt: 1,
  team_id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE',
  key_id: 'key_01KAS5N1V4R8X0Z2B6D9F3H5JK',
  model: 'gpt-4.1',
  provider: 'openai',
  upstream_model: 'gpt-4.1-2025-04-14',
  endpoint: '/v1/chat/completions',
  status: 200,
  state: 'settled',
  stream: false,
  cache_status: 'MISS',
  input_tokens: 14,
  cached_input_tokens: 0,
  output_tokens: 10,
  reasoning_tokens: 0,
  list_cost_usd: '0.000192',
  cost_usd: '0.000192',
  saved_usd: '0',
  saved_by: null,
  corrects: null,
  price_id: null,
  estimated: false,
  error_code: null,
  batch_id: null,
  custom_id: null,
  tags: ['nightly'],
  created_at: '2026-11-23T09:00:00.000Z',
  latency_ms: 812,
  ttft_ms: null,
} as const;

/** A row of the ledger: one attempt of a call, a hit, or a coalesced call. */
export const requestRowSchema = z
  .object({
    request_id: z.string(),
    attempt: count.meta({ description: 'The number of the attempt; (request_id, attempt) is unique' }),
    team_id: z.string(),
    key_id: z.string(),
    model: z.string(),
    provider: z.string().nullable(),
    upstream_model: z.string().nullable(),
    endpoint: z.string(),
    status: z.int().nullable(),
    state: z.enum(ledgerStates),
    stream: z.boolean(),
    cache_status: z.string(),
    input_tokens: z.int().meta({ description: 'In a row that corrects another one, the difference; so below' }),
    cached_input_tokens: z.int(),
    output_tokens: z.int(),
    reasoning_tokens: z.int(),
    list_cost_usd: usdSchema,
    cost_usd: usdSchema,
    saved_usd: usdSchema,
    saved_by: z.string().nullable(),
    corrects: z
      .int()
      .nullable()
      .meta({ description: 'The attempt that this row corrects by the difference; null for an attempt' }),
    price_id: z
      .string()
      .nullable()
      .meta({ description: 'The charged price of /admin/prices; null for a price of the catalogue' }),
    estimated: z.boolean().meta({ description: 'True if tokens or prices are estimates of the gateway' }),
    error_code: z.string().nullable(),
    batch_id: z.string().nullable(),
    custom_id: z.string().nullable(),
    tags: z.array(z.string()),
    created_at: timeSchema,
    latency_ms: z.number().nullable(),
    ttft_ms: z.number().nullable().meta({ description: 'Time to the first content of a stream' }),
  })
  .meta({ id: 'LedgerRow', example: requestExample });
export type RequestRow = z.output<typeof requestRowSchema>;

/** A page of the ledger. The next one begins at `next_cursor`; null at the end. */
export const requestPageSchema = z
  .object({ data: z.array(requestRowSchema), next_cursor: z.string().nullable() })
  .meta({ id: 'LedgerPage', example: { data: [requestExample], next_cursor: null } });
export type RequestPage = z.output<typeof requestPageSchema>;
