const MS_PER_MINUTE = 60_000;

/**
 * Formats a duration like OpenAI's `x-ratelimit-reset-*` headers: `120ms`, `1s`, `59.5s`, `6m0s`.
 *
 * @see https://platform.openai.com/docs/guides/rate-limits
 */
export function formatDuration(durationMs: number): string {
  const ms = Math.ceil(durationMs);
  if (ms < 1000) return `${ms}ms`;
  const minutes = Math.floor(ms / MS_PER_MINUTE);
  const seconds = `${(ms % MS_PER_MINUTE) / 1000}s`;
  return minutes === 0 ? seconds : `${minutes}m${seconds}`;
}
