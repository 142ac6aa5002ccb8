let lastMs = Number.NaN;
let lastText = '';

/**
 * Formats a time as RFC 3339 in UTC, with milliseconds. The last text is cached, since many calls share a millisecond.
 *
 * @param ms since 1970
 */
export function isoTime(ms: number): string {
  if (ms !== lastMs) {
    lastText = new Date(ms).toISOString();
    lastMs = ms;
  }
  return lastText;
}
