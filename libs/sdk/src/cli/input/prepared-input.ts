import { MAX_BATCH_LINES, MAX_FILE_BYTES } from '@thriftgate/contracts';
import { stringifyExact } from '@thriftgate/providers';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { InputFaults, type LineFault, UsageError } from '../terminal/exit-codes';
import type { Messages } from '../text/messages-en';
import { BadLine } from './bad-line';
import { type CsvOptions, csvRequests, jsonlRequests, type ReadLine } from './request-lines';
import type { LineDefaults } from './request-line';
import { utf8Text } from './utf8-text';

/** How many faults are named. */
const MAX_NAMED_FAULTS = 100;
/** Lines are written in pieces of about so many UTF-16 units. */
const PIECE_LENGTH = 64 * 1024;

/** Where the lines are, and what they get. */
export interface InputSource extends LineDefaults, CsvOptions {
  /** A path, or `-` for standard input. */
  file: string;
  format: 'jsonl' | 'csv';
}

/** A checked input, as JSONL that the gateway takes, in a temporary file that only this user can read. */
export interface PreparedInput {
  path: string;
  lines: number;
  bytes: number;
  /** The line of the user's file that each line was made of. */
  origins: readonly number[];
  remove(): Promise<void>;
}

/**
 * Reads and checks an input as a stream, and writes its lines to a temporary file.
 *
 * @param onLines hears how many lines were read, from time to time
 * @throws InputFaults that names the wrong lines; UsageError for a file that cannot be read
 */
export async function prepareInput(
  source: InputSource,
  messages: Messages,
  signal: AbortSignal,
  onLines: (lines: number) => void,
): Promise<PreparedInput> {
  const folder = await mkdtemp(join(tmpdir(), 'thriftgate-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    const path = join(folder, 'batch.jsonl');
    const check = new InputCheck(messages.input, onLines);
    const lines = requestsOf(source, messages);
    await pipeline(Readable.from(check.pieces(lines)), createWriteStream(path), { signal });
    check.throwFaults();
    return { path, lines: check.origins.length, bytes: check.bytes, origins: check.origins, remove };
  } catch (error) {
    await remove();
    signal.throwIfAborted();
    if (isUnreadable(error, source.file)) throw new UsageError(messages.usage.noFile(source.file));
    throw error;
  }
}

function requestsOf(source: InputSource, messages: Messages): AsyncGenerator<ReadLine, void, undefined> {
  const bytes: Readable = source.file === '-' ? process.stdin : createReadStream(source.file);
  const text = utf8Text(bytes, basename(source.file), messages.input);
  return source.format === 'csv'
    ? csvRequests(text, source, source, messages)
    : jsonlRequests(text, source, messages.input);
}

/** Counts lines and faults while lines pass. */
class InputCheck {
  readonly origins: number[] = [];
  bytes = 0;
  private readonly faults: LineFault[] = [];
  private faultCount = 0;
  private readonly lineOfId = new Map<string, number>();

  constructor(
    private readonly messages: Messages['input'],
    private readonly onLines: (lines: number) => void,
  ) {}

  /** The JSONL of the lines. After the first fault lines are only checked. */
  async *pieces(lines: AsyncIterable<ReadLine>): AsyncGenerator<Buffer, void, undefined> {
    let piece = '';
    try {
      for await (const read of lines) {
        const json = this.check(read);
        if (this.isOver(read.line)) return;
        if (json !== undefined) piece += `${json}\n`;
        if (piece.length < PIECE_LENGTH) continue;
        yield this.counted(piece);
        piece = '';
        this.onLines(this.origins.length);
      }
    } catch (error) {
      // Neither what follows nor its line numbers can be known.
      if (!(error instanceof BadLine)) throw error;
      this.fault(error.line, error.message);
    }
    yield this.counted(piece);
  }

  /** @throws InputFaults where a line is wrong, or there is none */
  throwFaults(): void {
    if (this.faultCount === 0 && this.bytes > MAX_FILE_BYTES) {
      this.fault(this.origins.at(-1) ?? 1, this.messages.tooLarge(MAX_FILE_BYTES / 1024 / 1024));
    }
    if (this.faultCount === 0 && this.origins.length === 0) this.fault(1, this.messages.empty);
    if (this.faultCount > 0) throw new InputFaults(this.messages.nothingSent, this.faults, this.faultCount);
  }

  private check(read: ReadLine): string | undefined {
    if ('message' in read) return this.fault(read.line, read.message);
    const id = read.request.custom_id;
    const earlier = this.lineOfId.get(id);
    if (earlier !== undefined) return this.fault(read.line, this.messages.sameId(id, earlier));
    this.lineOfId.set(id, read.line);
    this.origins.push(read.line);
    return this.faultCount > 0 ? undefined : String(stringifyExact(read.request));
  }

  private isOver(line: number): boolean {
    if (this.origins.length > MAX_BATCH_LINES) this.fault(line, this.messages.tooMany(MAX_BATCH_LINES));
    return this.origins.length > MAX_BATCH_LINES || this.bytes > MAX_FILE_BYTES;
  }

  private counted(piece: string): Buffer {
    const bytes = Buffer.from(piece);
    this.bytes += bytes.length;
    return bytes;
  }

  private fault(line: number, message: string): undefined {
    this.faultCount += 1;
    if (this.faults.length < MAX_NAMED_FAULTS) this.faults.push({ line, message });
  }
}

/** Whether the system could not read a file: it is not there, is not allowed, or is a folder. */
function isUnreadable(error: unknown, file: string): boolean {
  const { path, code } = error as NodeJS.ErrnoException;
  return path === file || code === 'EISDIR';
}
