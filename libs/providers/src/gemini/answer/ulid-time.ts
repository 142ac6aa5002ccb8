const DIGITS = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const TIME_LENGTH = 10;

/** The time of a ULID in whole seconds since 1970; 0 for any other text. @see https://github.com/ulid/spec */
export function secondsOfUlid(id: string): number {
  if (!ULID.test(id)) return 0;
  let ms = 0;
  for (const digit of id.slice(0, TIME_LENGTH)) ms = ms * DIGITS.length + DIGITS.indexOf(digit);
  return Math.floor(ms / 1000);
}
