/** The time within a ULID. @see https://github.com/ulid/spec */
const TIME_LENGTH = 10;
const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;

/**
 * When a call began, in seconds since 1970: translators have no clock, and request ids have their time in them.
 *
 * @returns 0 for an id of another form
 */
export function secondsOf(requestId: string): number {
  if (!ULID.test(requestId)) return 0;
  const digits = [...requestId.slice(0, TIME_LENGTH)];
  return Math.floor(digits.reduce((ms, digit) => ms * DIGITS.length + DIGITS.indexOf(digit), 0) / 1_000);
}
