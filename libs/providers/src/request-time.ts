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
  let ms = 0;
  for (const digit of requestId.slice(0, TIME_LENGTH)) ms = ms * DIGITS.length + DIGITS.indexOf(digit);
  return Math.floor(ms / 1_000);
}
