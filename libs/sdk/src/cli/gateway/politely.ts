import { setTimeout as delay } from 'node:timers/promises';
import { ThriftgateError } from '../../thriftgate-error';
import { isPassing } from './trouble';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** A gateway that asks for a longer pause says no. */
const LONGEST_RETRY_AFTER_S = 300;

/** Attempts of a call that a person waits for. */
export const FEW = 3;
/** Attempts while a batch runs: for about a quarter of an hour. */
export const PATIENT = 32;

/**
 * Runs a call again after failures that pass, with growing pauses, or those that the gateway asks for. The call must be one that
 * may run twice.
 *
 * @param onPause hears of each pause, in seconds
 * @throws the last error; the signal's reason when it aborts
 */
export async function politely<Result>(
  call: () => Promise<Result>,
  signal: AbortSignal,
  attempts = FEW,
  onPause: (error: unknown, seconds: number) => void = () => undefined,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await call();
    } catch (error) {
      signal.throwIfAborted();
      if (attempt >= attempts || !isPassing(error)) throw error;
      const ms = pauseMs(error, attempt);
      if (ms === undefined) throw error;
      onPause(error, ms / 1000);
      await pause(ms, signal);
    }
  }
}

/** Waits. @throws the signal's reason when it aborts */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await delay(ms, undefined, { signal }).catch((error: unknown) => {
    signal.throwIfAborted();
    throw error;
  });
}

/** Undefined where the gateway asks for too long a pause. */
function pauseMs(error: unknown, attempt: number): number | undefined {
  const after = error instanceof ThriftgateError ? error.retryAfterSeconds : null;
  if (after !== null) return after > LONGEST_RETRY_AFTER_S ? undefined : Math.max(after * 1000, FIRST_PAUSE_MS);
  const longest = Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (attempt - 1));
  return longest / 2 + (Math.random() * longest) / 2;
}
