import { setImmediate as nextTurn } from 'node:timers/promises';
import { TextDecoder } from 'node:util';
import { concatInSteps } from '../../http/body/large-body';

/** The longest body of a single call. */
const MAX_LINE_BYTES = 64 * 1024 * 1024;

const NEWLINE = 0x0a;
const BYTE_ORDER_MARK = Buffer.from('\ufeff');
/** After so much is read and checked, some milliseconds' work, other calls have their turn. */
const TURN_BYTES = 32 * 1024;
/** What a line counts besides its text: a blank one is work too. */
const LINE_BYTES = 32;

/**
 * A line of the input with its number, counted from 1; `text` is undefined if the line is too long or not UTF-8. A large line
 * has its bytes in place of a text, if they were asked for.
 */
export interface RawLine {
  line: number;
  text: string | undefined;
  bytes?: Buffer;
}

/**
 * Cuts content into lines. Blank lines count but are not returned. Between lines, other calls have their turns.
 *
 * @param maxTextBytes longer lines come as their bytes
 */
export async function* rawLines(
  content: AsyncIterable<Buffer>,
  maxTextBytes = Infinity,
): AsyncGenerator<RawLine, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 0;
  let begun: Buffer[] = [];
  let begunBytes = 0;
  let readBytes = 0;
  const append = (piece: Buffer) => {
    begunBytes += piece.length;
    if (begunBytes <= MAX_LINE_BYTES) begun.push(piece);
  };
  const finish = async (): Promise<RawLine> => {
    const [pieces, length] = [begun, begunBytes];
    begun = [];
    begunBytes = 0;
    line += 1;
    if (length > MAX_LINE_BYTES) return { line, text: undefined };
    if (length > maxTextBytes) return { line, text: undefined, bytes: withoutMark(await concatInSteps(pieces)) };
    // Most lines lie in one chunk: a copy of each would be a buffer of its own.
    const [first] = pieces;
    return { line, text: decode(decoder, pieces.length === 1 && first ? first : Buffer.concat(pieces)) };
  };
  for await (const chunk of content) {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      append(chunk.subarray(start, end));
      start = end + 1;
      readBytes += begunBytes + LINE_BYTES;
      if (readBytes > TURN_BYTES) {
        readBytes = 0;
        await nextTurn();
      }
      const found = await finish();
      if (found.text?.trim() !== '') yield found;
    }
    if (start < chunk.length) append(chunk.subarray(start));
  }
  if (begunBytes === 0) return;
  const last = await finish();
  if (last.text?.trim() !== '') yield last;
}

/** A decoder leaves the mark out, too. */
function withoutMark(bytes: Buffer): Buffer {
  return bytes.subarray(0, BYTE_ORDER_MARK.length).equals(BYTE_ORDER_MARK)
    ? bytes.subarray(BYTE_ORDER_MARK.length)
    : bytes;
}

function decode(decoder: TextDecoder, bytes: Buffer): string | undefined {
  try {
    return decoder.decode(bytes);
  } catch {
    return undefined;
  }
}
