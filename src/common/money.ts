/**
 * Money in pico-dollars (p$, 10⁻¹² US dollars) as bigint, so that tokens × price is exact: a price of one
 * dollar per million tokens is a million pico-dollars per token.
 */
export type PicoUsd = bigint;

export const PICO_PER_USD = 1_000_000_000_000n;
const PICO_DIGITS = 12;
const TOKENS_PER_MTOK = 1_000_000n;

/** Formats pico-dollars as decimal dollars of the public API: `218000000n` is `"0.000218"`, zero is `"0"`. */
export function formatUsd(pusd: PicoUsd): string {
  const sign = pusd < 0n ? '-' : '';
  const digits = (pusd < 0n ? -pusd : pusd).toString().padStart(PICO_DIGITS + 1, '0');
  const whole = digits.slice(0, -PICO_DIGITS);
  const fraction = digits.slice(-PICO_DIGITS).replace(/0+$/, '');
  return fraction === '' ? `${sign}${whole}` : `${sign}${whole}.${fraction}`;
}

/** Formats a price in pico-dollars per token as decimal dollars per million tokens: `150000n` is `"0.15"`. */
export function formatUsdPerMillionTokens(pusd: PicoUsd): string {
  return formatUsd(pusd * TOKENS_PER_MTOK);
}

/** Formats pico-dollars rounded to cents, halves away from zero: `"-0.08"`. Less than half a cent is `"0.00"`. */
export function formatCents(pusd: PicoUsd): string {
  const magnitude = pusd < 0n ? -pusd : pusd;
  const cents = (magnitude + PICO_PER_USD / 200n) / (PICO_PER_USD / 100n);
  const digits = cents.toString().padStart(3, '0');
  return `${pusd < 0n && cents > 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * Reads a decimal number, with or without an exponent, as an exact multiple of 10^-scale.
 *
 * @throws RangeError if the text is no decimal number or has more decimals than the scale
 */
export function parseDecimal(text: string, scale: number): bigint {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(text.trim());
  if (!match) throw new RangeError(`"${text}" is not a decimal number`);
  const [, sign, whole = '', fraction = '', exponent = '0'] = match;
  const shift = scale + Number(exponent) - fraction.length;
  const digits = BigInt(whole + fraction);
  const divisor = shift < 0 ? 10n ** BigInt(-shift) : 1n;
  if (digits % divisor !== 0n) throw new RangeError(`"${text}" has more than ${scale} decimals`);
  const magnitude = shift < 0 ? digits / divisor : digits * 10n ** BigInt(shift);
  return sign === '-' ? -magnitude : magnitude;
}

/** Reads decimal dollars (`"0.000218"`) as pico-dollars. @throws RangeError as {@link parseDecimal} */
export function parseUsd(text: string): PicoUsd {
  return parseDecimal(text, PICO_DIGITS);
}

/** Reads a price in dollars per million tokens as pico-dollars per token. @throws RangeError as {@link parseDecimal} */
export function parseUsdPerMillionTokens(text: string): PicoUsd {
  return parseDecimal(text, PICO_DIGITS - 6);
}
