import type { CachingCode, RequestDetails } from '@thriftgate/contracts';
import { decodeTime } from 'ulid';
import { ERROR_TABLE } from '../../common/error-table';
import { CACHING_TEXTS } from './caching-texts';
import type { LedgerRow } from './requests.repository';

type Step = RequestDetails['timeline'][number];
/** A step with its time in milliseconds since 1970; undefined where the ledger has none. */
type TimedStep = Pick<Step, 'step' | 'attempt' | 'result'> & { atMs: number | undefined };

const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/** When a call came, in milliseconds since 1970: by its id, which begins with it, else by its first row. */
export function receivedAtMs(rows: readonly LedgerRow[]): number {
  const [first] = rows;
  const rowMs = first?.created_at.getTime() ?? 0;
  if (!first || !ULID.test(first.request_id)) return rowMs;
  // A clock that was set must not make a call end before it began.
  return Math.min(rowMs, decodeTime(first.request_id));
}

/** What happened to a call, as far as its rows know. @param attempts without corrections, in order */
export function timelineOf(attempts: readonly LedgerRow[]): Step[] {
  const startMs = receivedAtMs(attempts);
  const steps: TimedStep[] = [
    { step: 'received', attempt: null, atMs: startMs, result: null },
    { step: 'cache', attempt: null, atMs: undefined, result: attempts[0]?.cache_status ?? null },
    ...attempts.flatMap(stepsOf),
  ];
  return steps.map(({ step, attempt, atMs, result }) => ({
    step,
    attempt,
    at: atMs === undefined ? null : new Date(atMs).toISOString(),
    after_ms: atMs === undefined ? null : atMs - startMs,
    result,
  }));
}

function stepsOf(row: LedgerRow): TimedStep[] {
  const { attempt, charged, provider, status, state, ttft_ms: ttftMs, latency_ms: latencyMs } = row;
  const isAsked = row.cache_status !== 'HIT' && row.cache_status !== 'COALESCED';
  // The row of an attempt is written when it begins, that of a hit when it ends.
  const fromMs = row.created_at.getTime() - (isAsked ? 0 : (latencyMs ?? 0));
  const hold = charged && charged.length > 0 ? charged.join(' ') : undefined;
  return [
    ...(isAsked && hold ? [{ step: 'hold' as const, attempt, atMs: fromMs, result: hold }] : []),
    ...(isAsked
      ? [{ step: 'attempt' as const, attempt, atMs: fromMs, result: `${provider ?? '–'} ${status ?? '–'}` }]
      : []),
    ...(ttftMs === null ? [] : [{ step: 'first_content' as const, attempt, atMs: fromMs + ttftMs, result: null }]),
    ...(state === 'dispatched'
      ? []
      : [
          {
            step: 'settled' as const,
            attempt,
            atMs: latencyMs === null ? undefined : fromMs + latencyMs,
            result: state,
          },
        ]),
  ];
}

/** Whether the response of a call is stored, and why. @param last its last attempt */
export function cachingOf(last: LedgerRow): RequestDetails['caching'] {
  const code = cachingCode(last);
  return { code, generation: last.cache_generation, text: CACHING_TEXTS[code] };
}

function cachingCode({ state, cache_status: cacheStatus, uncached }: LedgerRow): CachingCode {
  if (state === 'dispatched') return 'running';
  if (cacheStatus === 'HIT') return 'hit';
  if (cacheStatus === 'COALESCED') return 'coalesced';
  if (uncached !== null) return uncached in CACHING_TEXTS ? (uncached as CachingCode) : 'error';
  return state === 'settled' ? 'stored' : 'no_answer';
}

/** The error of a call's last attempt by its code; null where there was none. */
export function errorOf({ error_code: code, status }: LedgerRow): RequestDetails['error'] {
  if (code === null) return null;
  const known: Record<string, { message: string } | undefined> = ERROR_TABLE;
  return { code, status, message: known[code]?.message ?? 'The provider answered with an error.' };
}
