import { PassedValue, textPieceEnd } from '@thriftgate/providers';
import type { BodyFile } from './body-file';

/** How much of a text is decoded at once, in bytes: less than a millisecond of work. */
const PIECE_BYTES = 64 * 1024;
/** So far after a piece, in bytes, is the end of its last character, which may be two escapes. */
const CHARACTER_BYTES = 16;

/** A value of a large body that is in a file. */
abstract class StoredPart extends PassedValue {
  /** @param start in bytes from the start of the body @param end as `start` */
  constructor(
    protected readonly file: BodyFile,
    protected readonly start: number,
    protected readonly end: number,
  ) {
    super();
  }

  /** Its bytes, UTF-8. They can be read while the request runs. */
  abstract pieces(): AsyncGenerator<Buffer, void, undefined>;

  override toJSON(): never {
    throw new Error('A value that is in a file is read piece by piece.');
  }
}

/** A long text: its pieces are without quotes and escapes. */
export class StoredText extends StoredPart {
  /** @param isPlain whether it has neither escapes nor control characters */
  constructor(
    file: BodyFile,
    start: number,
    end: number,
    readonly isPlain: boolean,
  ) {
    super(file, start, end);
  }

  /** The text, in pieces that keep characters whole. @throws SyntaxError where it is no JSON */
  override async *pieces(): AsyncGenerator<Buffer, void, undefined> {
    if (this.isPlain) return yield* this.file.pieces(this.start, this.end);
    for (let at = this.start; at < this.end;) {
      const json = await this.file.read(at, Math.min(at + PIECE_BYTES + CHARACTER_BYTES, this.end));
      const length = textPieceEnd(json, 0, PIECE_BYTES);
      yield Buffer.from(JSON.parse(`"${json.toString('utf8', 0, length)}"`) as string);
      at += length;
    }
  }
}

/** An element of a list: its pieces are its JSON. */
export class StoredElement extends StoredPart {
  /** @param isBroken whether it is known to be no JSON; else that is for its reader to say */
  constructor(
    file: BodyFile,
    start: number,
    end: number,
    readonly isBroken = false,
  ) {
    super(file, start, end);
  }

  override pieces(): AsyncGenerator<Buffer, void, undefined> {
    return this.file.pieces(this.start, this.end);
  }
}
