import { PassedValue } from './passed-values';

/** A JSON object with unchecked members. */
export type JsonRecord = Record<string, unknown>;

/** Whether a parsed JSON value is an object, and neither null nor an array nor a value that passes unread. */
export function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof PassedValue);
}

/** The text as a JSON value; undefined where the text is not JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A non-empty string, or undefined. */
export function nonEmptyString(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** Upstreams' names are shorter, in UTF-16 units. */
const MAX_NAME_LENGTH = 256;

/** A name from an upstream, as headers and databases take it: U+FFFD stands for NUL and for half of a surrogate pair. */
export function nameOf(value: unknown): string | undefined {
  return nonEmptyString(value)?.slice(0, MAX_NAME_LENGTH).toWellFormed().replaceAll('\0', '\uFFFD');
}

/** Characters that end a JSON string or begin an escape in it, and control characters. */
const NOT_PLAIN = /["\\\p{Cc}]/u;

/** Whether text stands in a JSON string as it is. */
export function isPlain(text: string): boolean {
  return !NOT_PLAIN.test(text);
}

/** Characters besides `\n` and `\r` that readers of lines may treat as line ends, for example Python's `splitlines`. */
const LINE_ENDS = /[\u0085\u2028\u2029]/g;

/** JSON text in which no character of a string ends a line for them. */
export function withEscapedLineEnds(json: string): string {
  return json.replace(LINE_ENDS, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, '0')}`);
}
