let lastMs = Number.NaN;
let lastText = '';

/**
 * A moment as RFC 3339 in UTC, with milliseconds. Many calls fall into one millisecond, and each writes it more than once.
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
