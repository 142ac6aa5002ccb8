import { type FileHandle, open } from 'node:fs/promises';
import { isRecord } from '@thriftgate/providers';

const CHUNK_BYTES = 256 * 1024;
const NEWLINE = 0x0a;

interface Place {
  file: FileHandle;
  start: number;
  length: number;
}

/** The lines of result files by their `custom_id`. Only their places are in memory. */
export class AnswerIndex {
  private readonly places = new Map<string, Place>();
  private readonly files: FileHandle[] = [];

  /** Adds the lines of a file. */
  async add(path: string): Promise<void> {
    const file = await open(path);
    this.files.push(file);
    let lineStart = 0;
    let begun: Buffer[] = [];
    const finish = (end: number) => {
      this.addLine(Buffer.concat(begun).toString(), { file, start: lineStart, length: end - lineStart });
      begun = [];
      lineStart = end + 1;
    };
    const chunk = Buffer.alloc(CHUNK_BYTES);
    for (let at = 0; ;) {
      const { bytesRead } = await file.read(chunk, 0, CHUNK_BYTES, at);
      if (bytesRead === 0) break;
      const read = chunk.subarray(0, bytesRead);
      let start = 0;
      for (let end = read.indexOf(NEWLINE); end >= 0; end = read.indexOf(NEWLINE, start)) {
        begun.push(Buffer.from(read.subarray(start, end)));
        finish(at + end);
        start = end + 1;
      }
      begun.push(Buffer.from(read.subarray(start)));
      at += bytesRead;
    }
    const rest = begun.reduce((sum, { length }) => sum + length, 0);
    if (rest > 0) finish(lineStart + rest);
  }

  /** The line of a `custom_id`, parsed; undefined if there is none. */
  async get(customId: string): Promise<unknown> {
    const place = this.places.get(customId);
    if (!place) return undefined;
    const { buffer } = await place.file.read(Buffer.alloc(place.length), 0, place.length, place.start);
    return JSON.parse(buffer.toString()) as unknown;
  }

  async close(): Promise<void> {
    await Promise.all(this.files.map((file) => file.close()));
  }

  private addLine(text: string, place: Place): void {
    if (text.trim() === '') return;
    const line: unknown = JSON.parse(text);
    if (isRecord(line) && typeof line.custom_id === 'string') this.places.set(line.custom_id, place);
  }
}
