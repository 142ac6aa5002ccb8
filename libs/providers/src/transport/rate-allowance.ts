/** What a vendor lets an account send in some time: a bucket that fills up again. */
export interface RateAllowance {
  limit: number;
  remaining: number;
  /** When the bucket is full again if nothing is sent, in milliseconds from the response on. */
  fullInMs: number;
}

/** The allowances that a response names; undefined where it names none. */
export interface RateAllowances {
  requests: RateAllowance | undefined;
  tokens: RateAllowance | undefined;
}

type Headers = Readonly<Record<string, string | string[] | undefined>>;

/** The names of the headers for requests and for tokens: limit, what remains, when it is full. */
const NAMES = [
  (of: string) => [`x-ratelimit-limit-${of}`, `x-ratelimit-remaining-${of}`, `x-ratelimit-reset-${of}`] as const,
  (of: string) =>
    [
      `anthropic-ratelimit-${of}-limit`,
      `anthropic-ratelimit-${of}-remaining`,
      `anthropic-ratelimit-${of}-reset`,
    ] as const,
];

/** Whether a response names an allowance. */
export function namesAllowance(headers: Headers): boolean {
  return (
    headers['x-ratelimit-limit-requests'] !== undefined ||
    headers['x-ratelimit-limit-tokens'] !== undefined ||
    headers['anthropic-ratelimit-requests-limit'] !== undefined
  );
}

/**
 * Reads the headers by which vendors say how much more they take.
 *
 * @param nowMs milliseconds since 1970, when the response came: Anthropic names a time
 * @see https://platform.openai.com/docs/guides/rate-limits#rate-limits-in-headers
 * @see https://platform.claude.com/docs/en/api/rate-limits#response-headers
 */
export function readRateAllowances(headers: Headers, nowMs: number): RateAllowances {
  return { requests: allowanceOf('requests', headers, nowMs), tokens: allowanceOf('tokens', headers, nowMs) };
}

function allowanceOf(of: string, headers: Headers, nowMs: number): RateAllowance | undefined {
  for (const names of NAMES) {
    const [limitName, remainingName, resetName] = names(of);
    const [limit, remaining] = [numberIn(headers[limitName]), numberIn(headers[remainingName])];
    const fullInMs = durationMs(headers[resetName], nowMs);
    if (limit !== undefined && limit > 0 && remaining !== undefined && fullInMs !== undefined)
      return { limit, remaining: Math.min(remaining, limit), fullInMs };
  }
  return undefined;
}

function numberIn(header: string | string[] | undefined): number | undefined {
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : undefined;
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|s|m|h|d))+$/;

/** `120ms`, `1s`, `6m0s`, or a time as `2026-11-28T10:00:00Z`. */
function durationMs(header: string | string[] | undefined, nowMs: number): number | undefined {
  if (typeof header !== 'string') return undefined;
  if (DURATION.test(header))
    return [...header.matchAll(/(\d+(?:\.\d+)?)(ms|s|m|h|d)/g)].reduce(
      (sum, [, count, unit = '']) => sum + Number(count) * (UNITS_MS[unit] ?? 0),
      0,
    );
  const at = /^\d{4}-\d{2}-\d{2}T/.test(header) ? Date.parse(header) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(0, at - nowMs);
}
