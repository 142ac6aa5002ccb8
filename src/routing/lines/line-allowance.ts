import type { RateAllowance } from '@thriftgate/providers';

/** The share of a vendor's rate limit that lines of batches leave to live calls. */
const LEFT_TO_LIVE_CALLS = 0.25;
/** Where a bucket does not say how fast it fills, and lines since have used it up. */
const UNKNOWN_WAIT_MS = 1_000;

/**
 * How long a line waits so that lines use at most three quarters of what the vendor takes. The bucket fills up evenly.
 *
 * @param passedMs since the response that named the allowance
 * @param startedSince what lines have used since then, which that response did not count
 */
export function lineWaitMs(
  { limit, remaining, fullInMs }: RateAllowance,
  passedMs: number,
  startedSince: number,
): number {
  const missing = limit - remaining;
  const refilled = fullInMs <= passedMs ? missing : (missing * passedMs) / fullInMs;
  const available = remaining + refilled - startedSince;
  const needed = Math.min(limit * LEFT_TO_LIVE_CALLS + 1, limit);
  if (available >= needed) return 0;
  const toFullMs = fullInMs - passedMs;
  if (missing <= 0 || toFullMs <= 0) return UNKNOWN_WAIT_MS;
  return Math.max(1, Math.ceil(Math.min(((needed - available) * fullInMs) / missing, toFullMs)));
}
