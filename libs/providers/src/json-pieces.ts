import type { LongText } from './passed-values';

/** What a socket takes at once, in bytes: encrypting more would take too long. */
const PIECE_BYTES = 256 * 1024;

/** JSON in pieces: long texts are not copied into one with the rest. */
export class JsonPieces implements Iterable<Buffer> {
  private constructor(
    private readonly parts: readonly Buffer[],
    readonly byteLength: number,
  ) {}

  static of(parts: readonly (string | LongText | undefined)[]): JsonPieces {
    const buffers = parts.flatMap((part) => {
      if (typeof part === 'string') return Buffer.from(part);
      return part === undefined ? [] : [QUOTE, part.json, QUOTE];
    });
    return new JsonPieces(
      buffers,
      buffers.reduce((sum, { length }) => sum + length, 0),
    );
  }

  *[Symbol.iterator](): Generator<Buffer, void, undefined> {
    for (const part of this.parts)
      for (let at = 0; at < part.length; at += PIECE_BYTES) yield part.subarray(at, at + PIECE_BYTES);
  }

  toString(): string {
    return Buffer.concat(this.parts, this.byteLength).toString('utf8');
  }
}

const QUOTE = Buffer.from('"');
