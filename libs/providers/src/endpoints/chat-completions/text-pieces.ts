/** A grapheme that is longer than this and than a piece is cut between two characters: graphemes have no largest length. */
const LONGEST_GRAPHEME = 64;
const GRAPHEMES = new Intl.Segmenter('und', { granularity: 'grapheme' });
/** Below this, each character is a grapheme, except for CR LF. */
const FIRST_COMBINING = 0x300;
const SPACE = /\s/;

/**
 * Cuts a text into pieces of at most `pieceLength` UTF-16 units that join to the text. Cuts before a word where one begins in
 * the second half of a piece, else between two graphemes: it does not divide surrogate pairs, Hangul syllables, emoji sequences
 * or accented letters. A piece is longer only where a single grapheme is.
 */
export function* piecesOfText(text: string, pieceLength: number): Generator<string, void, undefined> {
  for (let from = 0; from < text.length;) {
    const to = endOfPiece(text, from, Math.max(1, pieceLength));
    yield text.slice(from, to);
    from = to;
  }
}

function endOfPiece(text: string, from: number, length: number): number {
  const furthest = from + length;
  if (furthest >= text.length) return text.length;
  for (let at = furthest; at > from + length / 2; at -= 1) {
    if (SPACE.test(text.charAt(at))) return graphemeEnd(text, from, at);
  }
  return graphemeEnd(text, from, furthest);
}

/** The last end of a grapheme up to `wanted`, or else the first one after it. */
function graphemeEnd(text: string, from: number, wanted: number): number {
  const [before, after] = [text.charCodeAt(wanted - 1), text.charCodeAt(wanted)];
  if (before < FIRST_COMBINING && after < FIRST_COMBINING && !(before === 0x0d && after === 0x0a)) return wanted;
  // A piece starts at a grapheme, so the text before it is irrelevant.
  const around = text.slice(from, wanted + LONGEST_GRAPHEME);
  const { index = 0, segment = '' } = GRAPHEMES.segment(around).containing(wanted - from) ?? {};
  if (index > 0) return from + index;
  const end = from + segment.length;
  return isLowSurrogate(text.charCodeAt(end)) && isHighSurrogate(text.charCodeAt(end - 1)) ? end + 1 : end;
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
