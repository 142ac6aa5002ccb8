import { z } from 'zod';
import { timeSchema, usdSchema } from './common';
import { priceSchema } from './prices';
import { requestRowExample, requestRowSchema } from './requests';

/** A price as everyone may see it whose calls it charged. */
const chargedPriceSchema = priceSchema
  .omit({ note: true, created_by: true, created_at: true })
  .meta({ id: 'ChargedPrice' });

/** What happened to a call, in order. */
export const requestSteps = ['received', 'cache', 'hold', 'attempt', 'first_content', 'settled'] as const;

/** Why a response was stored, or was not, or was not even asked for. */
export const cachingCodes = [
  'stored',
  'hit',
  'coalesced',
  'bypass',
  'not_stopped',
  'tool_calls',
  'refused',
  'usage_missing',
  'choice_missing',
  'other_model',
  'empty',
  'error',
  'cut',
  'no_answer',
  'running',
] as const;
export type CachingCode = (typeof cachingCodes)[number];

const stepSchema = z
  .object({
    step: z.enum(requestSteps),
    attempt: z.int().nullable().meta({ description: 'Null for steps of the whole call' }),
    at: timeSchema.nullable().meta({ description: 'Null where the ledger has no time of it' }),
    after_ms: z.number().nullable().meta({ description: 'Since the call was received' }),
    result: z.string().nullable().meta({
      description:
        'cache: the cache status; hold: the windows of budgets that paid; attempt: the provider and the HTTP status; settled: the state',
    }),
  })
  .meta({ id: 'RequestStep' });

const textSchema = z.object({ en: z.string(), ko: z.string() });

/** One call with all its attempts. Prompts and answers are not in it. */
export const requestDetailsSchema = z
  .object({
    ...requestRowSchema.pick({
      request_id: true,
      team_id: true,
      team_name: true,
      key_id: true,
      key_name: true,
      model: true,
      endpoint: true,
      stream: true,
      batch_id: true,
      custom_id: true,
      tags: true,
      created_at: true,
      cache_status: true,
      status: true,
      state: true,
    }).shape,
    latency_ms: z.number().nullable().meta({ description: 'Of the whole call, to the end of its last attempt' }),
    ttft_ms: z.number().nullable(),
    list_cost_usd: usdSchema.meta({ description: 'Sums over all rows, with corrections' }),
    cost_usd: usdSchema,
    saved_usd: usdSchema,
    saved_by: z.string().nullable(),
    caching: z
      .object({
        code: z.enum(cachingCodes),
        generation: z.int(),
        text: textSchema.meta({ description: 'The same in words' }),
      })
      .meta({ description: 'Whether the response is stored or came from the cache, and why' }),
    error: z
      .object({ code: z.string(), status: z.int().nullable(), message: z.string() })
      .nullable()
      .meta({ description: 'Of the last attempt, by its code; null where it succeeded' }),
    timeline: z.array(stepSchema).meta({ description: 'As far as the ledger knows, in order of time' }),
    attempts: z.array(requestRowSchema).meta({ description: 'The rows of the ledger, corrections included' }),
    prices: z.array(chargedPriceSchema).meta({
      description: 'The configured prices that the attempts were charged by, as `price_id` names them',
    }),
  })
  .meta({
    id: 'RequestDetails',
    example: {
      request_id: requestRowExample.request_id,
      team_id: requestRowExample.team_id,
      team_name: 'Search',
      key_id: requestRowExample.key_id,
      key_name: 'nightly jobs',
      model: 'gpt-4.1',
      endpoint: '/v1/chat/completions',
      stream: false,
      batch_id: null,
      custom_id: null,
      tags: ['nightly'],
      created_at: '2026-11-23T09:00:00.000Z',
      cache_status: 'MISS',
      status: 200,
      state: 'settled',
      latency_ms: 815,
      ttft_ms: null,
      list_cost_usd: '0.000192',
      cost_usd: '0.000192',
      saved_usd: '0',
      saved_by: null,
      caching: {
        code: 'stored',
        generation: 2,
        text: { en: 'The response is stored.', ko: '응답을 캐시에 저장했습니다.' },
      },
      error: null,
      timeline: [
        { step: 'received', attempt: null, at: '2026-11-23T09:00:00.000Z', after_ms: 0, result: null },
        { step: 'cache', attempt: null, at: null, after_ms: null, result: 'MISS' },
        { step: 'attempt', attempt: 1, at: '2026-11-23T09:00:00.003Z', after_ms: 3, result: 'openai 200' },
        { step: 'settled', attempt: 1, at: '2026-11-23T09:00:00.815Z', after_ms: 815, result: 'settled' },
      ],
      attempts: [requestRowExample],
      prices: [],
    },
  });
export type RequestDetails = z.output<typeof requestDetailsSchema>;
