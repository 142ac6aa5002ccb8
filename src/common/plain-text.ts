/**
 * A vendor's text without what a database refuses: control characters become spaces, lone surrogates U+FFFD.
 *
 * @param longest in UTF-16 code units; what follows is cut off
 */
export function plainText(text: string, longest = Infinity): string {
  return text
    .slice(0, longest)
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ');
}
