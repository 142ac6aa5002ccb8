/** Longer texts come from upstreams alone; what the gateway itself names is shorter. */
const MOST_CHARACTERS = 1024;
const MOST_INTEGER = 2_147_483_647;
const MOST_PUSD = 9_223_372_036_854_775_807n;

/**
 * Text as PostgreSQL stores it: U+FFFD stands for NUL and for half of a surrogate pair, and what comes after 1,024
 * characters is cut off. Callers and upstreams can send all of these.
 */
export function storableText(value: string): string {
  const short = value.length > MOST_CHARACTERS ? value.slice(0, MOST_CHARACTERS) : value;
  return short.toWellFormed().replaceAll('\0', '\uFFFD');
}

/** A count as an `integer` column takes it: whole, from 0 to 2^31 - 1. An upstream's usage may be any number. */
export function storableCount(value: number): number {
  if (Number.isNaN(value)) return 0;
  return Math.trunc(Math.min(Math.max(value, 0), MOST_INTEGER));
}

/** Pico-dollars as a `bigint` column takes them: from 0 to 2^63 - 1, which is nine million dollars. */
export function storablePusd(value: bigint): bigint {
  if (value < 0n) return 0n;
  return value > MOST_PUSD ? MOST_PUSD : value;
}

/** The row with {@link storableText}s. @returns undefined where it has no other ones, or is no JSON */
export function mendedRow(json: Buffer): Buffer | undefined {
  try {
    const row: unknown = JSON.parse(String(json));
    const mended = JSON.stringify(row, (_name, value: unknown) =>
      typeof value === 'string' ? storableText(value) : value,
    );
    return mended === JSON.stringify(row) ? undefined : Buffer.from(mended);
  } catch {
    return undefined;
  }
}
