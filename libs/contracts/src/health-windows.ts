import { z } from 'zod';
import { timeSchema, usdSchema } from './common';

const count = z.int().min(0);
const milliseconds = z.int().nullable();

/** How attempts ended in the minutes before now. */
const healthWindowSchema = z
  .object({
    requests: count.meta({ description: 'Attempts, those of tests left out' }),
    failures: count.meta({ description: 'Attempts that failed, save where the caller was the reason' }),
    rate_limited: count.meta({ description: 'Of the failures, those with status 429' }),
    success_rate: z.number().nullable().meta({ description: '0 to 1; null without attempts', example: 0.9997 }),
    latency_p50_ms: milliseconds.meta({ description: 'Of attempts that succeeded; from counts in buckets' }),
    latency_p95_ms: milliseconds,
  })
  .meta({ id: 'HealthWindow' });

export const upstreamHealthExample = {
  last_5m: {
    requests: 120,
    failures: 1,
    rate_limited: 0,
    success_rate: 0.9917,
    latency_p50_ms: 610,
    latency_p95_ms: 1900,
  },
  last_1h: {
    requests: 1440,
    failures: 3,
    rate_limited: 2,
    success_rate: 0.9979,
    latency_p50_ms: 610,
    latency_p95_ms: 1900,
  },
  last_24h: {
    requests: 34_560,
    failures: 40,
    rate_limited: 12,
    success_rate: 0.9988,
    latency_p50_ms: 600,
    latency_p95_ms: 1800,
  },
  hours: [{ hour: '2026-11-23T09:00:00.000Z', requests: 1440, failures: 3 }],
  last_error: {
    code: 'upstream_error',
    status: 503,
    message: 'The server is overloaded.',
    request_id: '01KAS5T9W3E7R1Y5U8P2A6S4DF',
    at: '2026-11-23T09:00:00.000Z',
  },
};

/** The attempts, failures and latencies of a deployment or a provider, over all replicas; counts of other replicas are a few seconds old. */
export const upstreamHealthSchema = z
  .object({
    last_5m: healthWindowSchema,
    last_1h: healthWindowSchema,
    last_24h: healthWindowSchema,
    hours: z
      .array(z.object({ hour: timeSchema, requests: count, failures: count }))
      .meta({ description: 'The last 24 hours, oldest first; hours without attempts have zeros' }),
    last_error: z
      .object({
        code: z.string(),
        status: z.int().nullable().meta({ description: 'The status of the upstream; null without a response' }),
        message: z.string().meta({ description: 'What the upstream said, shortened' }),
        request_id: z.string().nullable(),
        at: timeSchema,
      })
      .nullable()
      .meta({ description: 'The last failure of the last 24 hours' }),
  })
  .meta({ id: 'UpstreamHealth', example: upstreamHealthExample });
export type UpstreamHealth = z.output<typeof upstreamHealthSchema>;

/** The same of a provider, with its keys and its cost. */
export const providerHealthSchema = upstreamHealthSchema
  .extend({
    spend_today_usd: usdSchema.meta({ description: 'Since midnight, UTC' }),
    keys_set_aside: count.meta({ description: 'Keys that get no calls for now' }),
  })
  .meta({
    id: 'ProviderHealth',
    example: { ...upstreamHealthExample, spend_today_usd: '12.4', keys_set_aside: 0 },
  });
export type ProviderHealth = z.output<typeof providerHealthSchema>;
