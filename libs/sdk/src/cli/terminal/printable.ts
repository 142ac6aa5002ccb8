/** Text of others as a terminal may have it: control characters, which could move its cursor or change its colours, are spaces. */
export function printable(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, ' ');
}
