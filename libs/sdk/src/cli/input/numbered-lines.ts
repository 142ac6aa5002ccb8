/** A line of a text, counted from 1. */
export interface NumberedLine {
  line: number;
  text: string;
}

/** Cuts text into lines. Blank lines count and are not returned. The pieces may be cut anywhere. */
export async function* numberedLines(pieces: AsyncIterable<string>): AsyncGenerator<NumberedLine, void, undefined> {
  let line = 0;
  let begun: string[] = [];
  for await (const piece of pieces) {
    let start = 0;
    for (let end = piece.indexOf('\n'); end >= 0; end = piece.indexOf('\n', start)) {
      line += 1;
      const text = begun.join('') + piece.slice(start, end);
      begun = [];
      start = end + 1;
      if (text.trim() !== '') yield { line, text };
    }
    if (start < piece.length) begun.push(piece.slice(start));
  }
  const text = begun.join('');
  if (text.trim() !== '') yield { line: line + 1, text };
}
