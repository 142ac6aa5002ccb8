import { z } from 'zod';
import { plainText, timeSchema, usdSchema } from './common';
import { filterSchema, fromBeforeTo, NOT_BEFORE } from './report-queries';
import { dayOrTimeSchema } from './report-times';
import { ledgerStates, requestFilters, requestSortSchema } from './request-filters';

const ID_PREFIX = /^[0-9A-Za-z_-]{4,127}\*$/;
const requestIdSchema = plainText(128)
  .min(1)
  .refine(
    (id) => !id.includes('*') || ID_PREFIX.test(id),
    'must be an id, or at least 4 characters of one and an asterisk',
  )
  .optional()
  .meta({ description: 'A request, or all whose id begins so: `01KAS5T9W3*`', example: '01KAS5T9W3*' });

/** `GET /admin/requests`. */
export const listRequestsQuerySchema = z
  .strictObject({
    team_id: filterSchema,
    key_id: filterSchema,
    model: filterSchema,
    request_id: requestIdSchema,
    batch_id: filterSchema,
    ...requestFilters,
    from: dayOrTimeSchema('start').optional(),
    to: dayOrTimeSchema('end').optional(),
    sort: requestSortSchema,
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    cursor: z
      .string()
      .max(256)
      .optional()
      .meta({ description: 'The next_cursor of the previous page, with the same filters and sort' }),
    format: z
      .enum(['json', 'csv'], 'must be json or csv')
      .default('json')
      .meta({ description: 'csv: all rows of the filters, from `cursor` on where it is sent; `limit` does not count' }),
  })
  .refine(fromBeforeTo, NOT_BEFORE);
export type ListRequestsQuery = z.output<typeof listRequestsQuerySchema>;

const count = z.int().min(0);
export const requestRowExample = {
  request_id: '01KAS5T9W3E7R1Y5U8P2A6S4DF',
  attempt: 1,
  team_id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE',
  team_name: 'Search',
  key_id: 'key_01KAS5N1V4R8X0Z2B6D9F3H5JK',
  key_name: 'nightly jobs',
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
    team_name: z.string().nullable().meta({ description: 'Also of a deleted team' }),
    key_id: z.string(),
    key_name: z.string().nullable().meta({ description: 'Also of a revoked key; null for the administrator’s' }),
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
  .meta({ id: 'LedgerRow', example: requestRowExample });
export type RequestRow = z.output<typeof requestRowSchema>;

/** A page of the ledger. The next one begins at `next_cursor`; null at the end. */
export const requestPageSchema = z
  .object({ data: z.array(requestRowSchema), next_cursor: z.string().nullable() })
  .meta({ id: 'LedgerPage', example: { data: [requestRowExample], next_cursor: null } });
export type RequestPage = z.output<typeof requestPageSchema>;
