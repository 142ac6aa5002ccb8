import { z } from 'zod';
import { storable, usdSchema } from './common';
import { expiresAfterSchema } from './files';
import { pathIdSchema } from './teams';

export const MAX_BATCH_LINES = 50_000;

const metadataSchema = z
  .record(storable(64), storable(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, 'must have at most 16 pairs')
  .nullable();

/** The text of a large body comes in pieces. */
function isText(value: unknown): boolean {
  return (
    typeof value === 'string' ||
    (typeof value === 'object' && value !== null && 'pieces' in value && typeof value.pieces === 'function')
  );
}

const inputMembers = ['input_file_id', 'input_file_content', 'requests'] as const;

const createExample = {
  requests: [
    {
      custom_id: 'question-1',
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'gpt-4.1', messages: [{ role: 'user', content: 'What is a batch?' }] },
    },
  ],
  endpoint: '/v1/chat/completions',
  completion_window: '24h',
  metadata: { job: 'nightly' },
};

/** `POST /v1/batches`: OpenAI's request, with two more ways to send the lines. Other members are ignored. The lines are checked later, by number. */
export const createBatchSchema = z
  .object({
    input_file_id: pathIdSchema.optional().meta({ description: 'A file uploaded with purpose `batch`.' }),
    input_file_content: z
      .unknown()
      .refine((value) => value === undefined || isText(value), 'must be text')
      .optional()
      .meta({ type: 'string', description: 'The lines as JSONL text.' }),
    requests: z.array(z.unknown()).optional().meta({
      description: 'The lines as an array of `{custom_id, method, url, body}`; `method` and `url` are optional.',
    }),
    endpoint: z
      .enum([
        '/v1/chat/completions',
        '/chat/completions',
        '/v1/responses',
        '/responses',
        '/v1/embeddings',
        '/embeddings',
        '/v1/messages',
        '/messages',
      ])
      .default('/v1/chat/completions')
      .meta({ description: 'The endpoint of lines without a `url`.' }),
    completion_window: z
      .string()
      .regex(/^([1-9]|1\d|2[0-4])h$/, 'must be from "1h" to "24h"')
      .default('24h')
      .meta({ description: '`1h` to `24h`. Lines that have not run by its end expire.' }),
    metadata: metadataSchema.optional(),
    gateway: z
      .object({
        escalate: z.boolean().default(false).meta({
          description: 'Whether what a vendor’s batch has not run near the end of the window runs as live calls.',
        }),
      })
      .optional(),
    output_expires_after: expiresAfterSchema.nullish().meta({ description: 'How long the result files are kept.' }),
  })
  .superRefine((batch, context) => {
    const given = inputMembers.filter((member) => batch[member] !== undefined);
    if (given.length === 1) return;
    const message = `exactly one of ${inputMembers.join(', ')} must be given`;
    context.addIssue({ code: 'custom', path: [given[1] ?? 'input_file_id'], message });
  })
  .meta({ id: 'CreateBatch', example: createExample });
export type CreateBatch = z.output<typeof createBatchSchema>;

export const batchStatuses = [
  'validating',
  'failed',
  'in_progress',
  'finalizing',
  'completed',
  'expired',
  'cancelling',
  'cancelled',
] as const;

const unixSeconds = z.number().int().nullable();

export const batchExample = {
  id: 'batch_01KAVG9H2B7N4D6F8J0K3M5P7R',
  object: 'batch',
  endpoint: '/v1/chat/completions',
  errors: null,
  input_file_id: 'file_01KAVG7R4M0Y3Q5T8W1Z6X2C9B',
  completion_window: '24h',
  status: 'completed',
  output_file_id: 'file_01KAVGB3T6V8X0Z2B4D6F8H0K2',
  error_file_id: null,
  created_at: 1_763_888_400,
  in_progress_at: 1_763_888_400,
  expires_at: 1_763_974_800,
  finalizing_at: 1_763_888_460,
  completed_at: 1_763_888_461,
  failed_at: null,
  expired_at: null,
  cancelling_at: null,
  cancelled_at: null,
  request_counts: { total: 200, completed: 200, failed: 0 },
  metadata: { job: 'nightly' },
  model: 'gpt-4.1-2025-04-14',
  usage: {
    input_tokens: 5_200,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: 2_600,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: 7_800,
  },
  gateway: {
    list_cost_usd: '0.0436',
    cost_usd: '0.0218',
    saved_usd: '0.0218',
    cached: 100,
    deduplicated: 0,
    escalated: 0,
    providers: ['openai'],
  },
} as const;

/** A batch: OpenAI's object with the cost in `gateway`. @see https://platform.openai.com/docs/api-reference/batch/object */
export const batchSchema = z
  .object({
    id: z.string(),
    object: z.literal('batch'),
    endpoint: z.string(),
    errors: z
      .object({
        object: z.literal('list'),
        data: z.array(
          z.object({
            code: z.string(),
            line: z.number().int().nullable(),
            message: z.string(),
            param: z.string().nullable(),
          }),
        ),
      })
      .nullable(),
    input_file_id: z.string(),
    completion_window: z.string(),
    status: z.enum(batchStatuses),
    output_file_id: z.string().nullable(),
    error_file_id: z.string().nullable(),
    created_at: z.number().int(),
    in_progress_at: unixSeconds,
    expires_at: z.number().int(),
    finalizing_at: unixSeconds,
    completed_at: unixSeconds,
    failed_at: unixSeconds,
    expired_at: unixSeconds,
    cancelling_at: unixSeconds,
    cancelled_at: unixSeconds,
    request_counts: z.object({ total: z.number().int(), completed: z.number().int(), failed: z.number().int() }),
    metadata: z.record(z.string(), z.string()).nullable(),
    model: z
      .string()
      .optional()
      .meta({ description: 'The upstream’s name of the model, where one model wrote all responses so far' }),
    usage: z
      .object({
        input_tokens: z.number().int(),
        input_tokens_details: z.object({ cached_tokens: z.number().int() }),
        output_tokens: z.number().int(),
        output_tokens_details: z.object({ reasoning_tokens: z.number().int() }),
        total_tokens: z.number().int(),
      })
      .meta({ description: 'The tokens of all responses so far, those from the cache included' }),
    gateway: z.object({
      list_cost_usd: usdSchema,
      cost_usd: usdSchema,
      saved_usd: usdSchema,
      cached: z.number().int().meta({ description: 'Lines with a response from the cache.' }),
      deduplicated: z.number().int().meta({ description: 'Lines with the answer of an equal line of the batch.' }),
      escalated: z
        .number()
        .int()
        .meta({ description: 'Lines that ran at the full price because no cheaper way had run them near the end.' }),
      providers: z.array(z.string()),
    }),
  })
  .meta({ id: 'Batch', example: batchExample });
export type BatchObject = z.output<typeof batchSchema>;

/** A page of batches, newest first. */
export const batchListSchema = z
  .object({
    object: z.literal('list'),
    data: z.array(batchSchema),
    has_more: z.boolean(),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
  })
  .meta({
    id: 'BatchList',
    example: {
      object: 'list',
      data: [batchExample],
      has_more: false,
      first_id: batchExample.id,
      last_id: batchExample.id,
    },
  });
export type BatchList = z.output<typeof batchListSchema>;

/** `GET /v1/batches`. Other members are ignored, as OpenAI's clients add some. */
export const listBatchesQuerySchema = z.object({
  after: z
    .string()
    .regex(/^batch_[0-9A-Z]+$/, 'must be the id of a batch')
    .optional()
    .meta({ description: 'The id of the last batch of the previous page.' }),
  limit: z.coerce.number().int().min(1).max(100).default(20),
});
export type ListBatchesQuery = z.output<typeof listBatchesQuerySchema>;

const quoteExample = {
  object: 'batch.quote',
  lines: 1000,
  duplicates: 600,
  cached: 100,
  input_tokens: 180_000,
  list_cost_usd: '1.44',
  cost_usd: { at_least: '0.0135', likely: '0.216', at_most: '19.7' },
  saved_usd: '1.224',
  expected_end: 1_763_892_000,
  models: [
    { model: 'gpt-4.1', provider: 'openai', tier: 'batch', lines: 300, list_cost_usd: '0.432', cost_usd: '0.216' },
    { model: 'gpt-4.1', provider: null, tier: null, lines: 700, list_cost_usd: '1.008', cost_usd: '0' },
  ],
} as const;

/** How lines are run: in a vendor’s batch, in a tier that is served as there is room, at cheaper hours, or as live calls. */
const batchTiers = ['batch', 'flex', 'off_peak', 'live'] as const;
export type BatchTier = (typeof batchTiers)[number];

/** What a batch would cost. */
export const batchQuoteSchema = z
  .object({
    object: z.literal('batch.quote'),
    lines: z.number().int(),
    duplicates: z.number().int().meta({ description: 'Lines that ask the same as an earlier one.' }),
    cached: z.number().int().meta({ description: 'Lines whose response is stored.' }),
    input_tokens: z.number().int().meta({ description: 'Of all lines, estimated.' }),
    list_cost_usd: usdSchema.meta({ description: 'As live calls, without the cache.' }),
    cost_usd: z.object({ at_least: usdSchema, likely: usdSchema, at_most: usdSchema }).meta({
      description:
        'What will be written is not known before. `likely` takes what the team’s calls of each model wrote on average over 30 days, `at_most` the limits of the lines.',
    }),
    saved_usd: usdSchema.meta({ description: 'List cost less the likely cost.' }),
    expected_end: z.number().int(),
    models: z.array(
      z.object({
        model: z.string(),
        provider: z.string().nullable().meta({ description: 'Null for lines that no vendor is asked for.' }),
        tier: z.enum(batchTiers).nullable().meta({
          description: 'The cheapest way that meets the window; null for lines that no vendor is asked for.',
        }),
        lines: z.number().int(),
        list_cost_usd: usdSchema,
        cost_usd: usdSchema,
      }),
    ),
  })
  .meta({ id: 'BatchQuote', example: quoteExample });
export type BatchQuote = z.output<typeof batchQuoteSchema>;
