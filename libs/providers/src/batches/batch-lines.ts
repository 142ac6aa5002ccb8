import { parseExact } from '../exact-json';

/** A line as JSON, with all digits; undefined where it is none. */
export function parseExactLine(text: string): unknown {
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}
