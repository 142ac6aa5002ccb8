/** Values of JSON that the gateway does not look into: they pass as they were sent. */
export abstract class PassedValue {
  /** The value's text in JSON. */
  abstract toJSON(): unknown;
}

/** A number with digits that a double does not hold. */
export class LongNumber extends PassedValue {
  /** What JSON text has before the digits while exact text is written; else undefined. */
  static mark: string | undefined;

  /** @param text the number as it was sent, for example `9223372036854775807` or `1e400` */
  constructor(readonly text: string) {
    super();
  }

  override toString(): string {
    return this.text;
  }

  /** The marked digits while exact text is written, else the nearest double. */
  override toJSON(): string | number {
    return LongNumber.mark === undefined ? Number(this.text) : LongNumber.mark + this.text;
  }
}

/** How many bytes of a text are read at once: less than a millisecond of work. */
const PIECE_BYTES = 256 * 1024;
const BACKSLASH = 0x5c;
const LETTER_U = 0x75;
/** An escape as `\u00e9`. */
const UNICODE_BYTES = 6;

/** A text of a large body, as the bytes that the body has between its quotes. Nothing copies or parses it as a whole. */
export class LongText extends PassedValue {
  /** The texts of which exact JSON is being written, and what their place in it has before their number. */
  static sink: { texts: LongText[]; mark: string } | undefined;

  /**
   * @param json UTF-8, without the quotes
   * @param isPlain whether it has neither escapes nor control characters
   * @param digest SHA-256 of the bytes, in hex
   */
  constructor(
    readonly json: Buffer,
    readonly isPlain: boolean,
    readonly digest = '',
  ) {
    super();
  }

  /** In bytes of JSON. */
  get length(): number {
    return this.json.length;
  }

  /** The text in pieces that keep characters whole. @throws SyntaxError where it is no JSON */
  *pieces(): Generator<string, void, undefined> {
    for (let start = 0; start < this.json.length;) {
      const end = textPieceEnd(this.json, start, PIECE_BYTES);
      const piece = this.json.toString('utf8', start, end);
      yield this.isPlain ? piece : (JSON.parse(`"${piece}"`) as string);
      start = end;
    }
  }

  override toString(): string {
    return [...this.pieces()].join('');
  }

  override toJSON(): string {
    if (LongText.sink === undefined) return this.toString();
    const { texts, mark } = LongText.sink;
    return `${mark}${texts.push(this) - 1}`;
  }
}

/** A text as one string, also a long one, where its content has to be read; undefined for an empty text and for no text. */
export function wholeText(value: unknown): string | undefined {
  const text = value instanceof LongText ? value.toString() : value;
  return typeof text === 'string' && text !== '' ? text : undefined;
}

/**
 * Where a piece of a text ends: not within a character, an escape, or a surrogate pair of two escapes.
 *
 * @param json UTF-8, without quotes
 * @param start where the piece starts, in bytes
 * @param length how long it is at least, in bytes; at most 14 more
 */
export function textPieceEnd(json: Buffer, start: number, length: number): number {
  let at = start;
  let isHigh = false;
  while (at < json.length && (at < start + length || isContinuation(json[at]))) {
    const isEscape = json[at] === BACKSLASH;
    const isUnicode = isEscape && json[at + 1] === LETTER_U;
    isHigh = isUnicode && /^d[89ab]/i.test(json.toString('latin1', at + 2, at + 4));
    at += isUnicode ? UNICODE_BYTES : isEscape ? 2 : 1;
  }
  if (isHigh && /^\\ud[c-f]/i.test(json.toString('latin1', at, at + 4))) at += UNICODE_BYTES;
  return Math.min(at, json.length);
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && (byte & 0xc0) === 0x80;
}
