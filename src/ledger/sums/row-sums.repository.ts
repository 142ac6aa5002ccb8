import { sql } from 'kysely';
import { BUCKET_DECIMALS, BUCKET_STARTS } from './latency';

/** The statuses of calls whose client disconnected: no error of the gateway or of an upstream. */
const CLIENT_CLOSED = 499;

/** Whether a row of the ledger is an attempt that failed. */
export const IS_ERROR = sql<boolean>`(corrects IS NULL AND status IS DISTINCT FROM ${sql.lit(CLIENT_CLOSED)}
  AND (state <> 'settled' OR status >= 400 OR error_code IS NOT NULL))`;

/** Whether a row of the ledger is an attempt whose tokens or price are estimates. */
export const IS_ESTIMATED = sql<boolean>`(corrects IS NULL AND estimated)`;

const STARTS = `'{${BUCKET_STARTS.join(',')}}'::int[]`;
const ONES = `'{${BUCKET_STARTS.map((_, bucket) => `1e${bucket * BUCKET_DECIMALS}`).join(',')}}'::numeric[]`;

/** The latency of a row as a number that can be summed: one in its bucket. An attempt without an answer has none. */
export const LATENCY = sql<string>`(CASE WHEN state = 'settled' AND corrects IS NULL AND latency_ms IS NOT NULL
  THEN (${sql.raw(ONES)})[width_bucket(latency_ms, ${sql.raw(STARTS)})] ELSE 0 END)`;
