import { isUtf8 } from 'node:buffer';
import type { Messages } from '../text/messages-en';
import { BadLine } from './bad-line';

const NEWLINE = 0x0a;
/** The longest character has three bytes after its first. */
const MAX_CONTINUATION = 3;
const HANGUL = /\p{Script=Hangul}/u;

/**
 * The text of UTF-8 bytes, without a byte order mark.
 *
 * @param file its name, for the hint how to convert it
 * @throws BadLine at the first line that is not UTF-8
 */
export async function* utf8Text(
  bytes: AsyncIterable<Uint8Array>,
  file: string,
  messages: Messages['input'],
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let line = 1;
  let isFirst = true;
  for await (const chunk of bytes) {
    if (isFirst && isUtf16(chunk)) throw new BadLine(1, messages.utf16(file));
    isFirst = false;
    let text: string;
    try {
      text = decoder.decode(chunk, { stream: true });
    } catch {
      const bad = firstBadLine(chunk);
      throw new BadLine(line + bad.newlines, isCp949(bad.bytes) ? messages.cp949(file) : messages.notUtf8);
    }
    line += newlinesOf(chunk);
    yield text;
  }
  try {
    yield decoder.decode();
  } catch {
    throw new BadLine(line, messages.notUtf8);
  }
}

/** By the byte order mark that Windows writes. */
function isUtf16([first, second]: Uint8Array): boolean {
  return (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
}

/** The first line of a chunk that is not UTF-8; if all are, its last line, which is cut. */
function firstBadLine(chunk: Uint8Array): { newlines: number; bytes: Uint8Array } {
  let newlines = 0;
  // The chunk may begin within a character.
  let start = 0;
  while (start < MAX_CONTINUATION && ((chunk[start] ?? 0) & 0xc0) === 0x80) start += 1;
  for (let end = chunk.indexOf(NEWLINE, start); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
    const bytes = chunk.subarray(start, end);
    if (!isUtf8(bytes)) return { newlines, bytes };
    newlines += 1;
    start = end + 1;
  }
  return { newlines, bytes: chunk.subarray(start) };
}

/** Whether bytes are Korean text in Windows' own encoding, which Excel writes. @see https://encoding.spec.whatwg.org/#euc-kr */
function isCp949(bytes: Uint8Array): boolean {
  try {
    return HANGUL.test(new TextDecoder('euc-kr', { fatal: true }).decode(bytes, { stream: true }));
  } catch {
    return false;
  }
}

function newlinesOf(chunk: Uint8Array): number {
  let count = 0;
  for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, at + 1)) count += 1;
  return count;
}
