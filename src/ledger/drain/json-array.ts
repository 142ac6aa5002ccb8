const OPEN = 0x5b;
const COMMA = 0x2c;
const CLOSE = 0x5d;
/** What is kept to be used again. Pieces of the journal are of half a megabyte where no line is longer. */
const KEPT_BYTES = 1024 * 1024;

/**
 * Makes JSON texts one array, in bytes. The memory is used again: a piece of its own for each statement would grow old while
 * the database works at it, and lie there until the next full collection.
 */
export class JsonArrays {
  private spare: Buffer | undefined;

  /**
   * The texts themselves are let go before anything is waited for.
   *
   * @param use gets the array, which is there until its promise is kept
   */
  with<T>(texts: readonly Buffer[], use: (array: Buffer) => Promise<T>): Promise<T> {
    const memory = this.take(texts.reduce((bytes, { length }) => bytes + length + 1, 2));
    return this.lend(memory, use(memory.subarray(0, pack(texts, memory))));
  }

  private async lend<T>(memory: Buffer, used: Promise<T>): Promise<T> {
    try {
      return await used;
    } finally {
      if (memory.length === KEPT_BYTES) this.spare = memory;
    }
  }

  private take(bytes: number): Buffer {
    if (bytes > KEPT_BYTES) return Buffer.allocUnsafeSlow(bytes);
    const memory = this.spare ?? Buffer.allocUnsafeSlow(KEPT_BYTES);
    this.spare = undefined;
    return memory;
  }
}

/** @returns how many bytes were written */
function pack(texts: readonly Buffer[], memory: Buffer): number {
  memory[0] = OPEN;
  let end = 1;
  for (const text of texts) {
    if (end > 1) end = memory.writeUInt8(COMMA, end);
    end += text.copy(memory, end);
  }
  return memory.writeUInt8(CLOSE, end);
}
