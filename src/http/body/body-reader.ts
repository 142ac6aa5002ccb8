import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../../common/errors';
import { BodyFile } from './body-file';
import { type BodyRange, type BodyRules, BodyScanner } from './body-scanner';

/** Up to this size a body is parsed without a scan, whatever it holds: that takes a few milliseconds. */
const SMALL_BYTES = 64 * 1024;
const BAD_REQUEST = 400;

/** The bytes of a body. */
export interface ReadBody {
  /** A file for a large body that is to be in one; its user closes it. */
  bytes: Buffer | BodyFile;
  /** What a scan left out; undefined for a small body. */
  ranges: BodyRange[] | undefined;
  /** SHA-256 of a large body, where it was asked for. */
  digest: string | undefined;
}

interface ReadOptions {
  /** The error of a request whose body is not wanted. Not asked where the sender has left. */
  refusal: () => GatewayError | undefined;
  maxBytes: number;
  /** Counts a body of unknown length as it comes, in bytes so far. @returns the error where there is no room */
  count: ((bytes: number) => GatewayError | undefined) | undefined;
  /** What may be in a body that is not small. */
  rules: () => BodyRules;
  /** The directory of a large body's file; undefined for a body that is to be in memory. */
  directory: string | undefined;
  hashes: boolean;
}

/** Where the bytes of a large body go. */
interface LargeTarget {
  /** @returns what to wait for before the next piece, if anything */
  append(piece: Buffer): Promise<void> | undefined;
  /** The whole body, after its last piece. */
  end(): Promise<Buffer | BodyFile>;
  close(): Promise<void>;
}

type Done = (error: Error | null, body?: ReadBody) => void;

/**
 * Reads a body and scans it as it comes. What is refused is read to its end, so that its sender gets the error.
 *
 * @throws GatewayError `request_too_large`, `invalid_request`, or the refusal
 */
export function readBody(payload: IncomingMessage, options: ReadOptions): Promise<ReadBody> {
  return new Promise((resolve, reject) => {
    new BodyReader(payload, options, (error, body) => (body ? resolve(body) : reject(error as Error))).start();
  });
}

class BodyReader {
  private chunks: Buffer[] = [];
  private length = 0;
  private target: LargeTarget | undefined;
  private scanner: BodyScanner | undefined;
  private readonly hash: ReturnType<typeof createHash> | undefined;
  private refusal: GatewayError | undefined;

  constructor(
    private readonly payload: IncomingMessage,
    private readonly options: ReadOptions,
    private readonly done: Done,
  ) {
    this.hash = options.hashes ? createHash('sha256') : undefined;
  }

  start(): void {
    const { payload, options, done } = this;
    // Its sender left while its key was looked up: it has no event any more.
    if (payload.destroyed) {
      done(Object.assign(new Error('aborted'), { statusCode: BAD_REQUEST }));
      return;
    }
    this.refusal = options.refusal();
    const length = Number(payload.headers['content-length'] ?? 0);
    if (length > options.maxBytes) {
      done(tooLong(options.maxBytes));
      return;
    }
    if (length > SMALL_BYTES && !this.refusal) this.becomeLarge(length);
    payload.on('data', this.onData).once('end', this.onEnd).once('error', this.onEnd);
  }

  private readonly onData = (chunk: Buffer): void => {
    const { options } = this;
    this.length += chunk.length;
    if (this.refusal) return;
    if (this.length > options.maxBytes) return this.refuse(tooLong(options.maxBytes));
    const noRoom = options.count?.(this.length);
    if (noRoom) return this.refuse(noRoom);
    if (this.target) return this.append(this.target, chunk);
    this.chunks.push(chunk);
    if (this.length <= SMALL_BYTES) return;
    const begun = Buffer.concat(this.chunks);
    this.chunks = [];
    this.append(this.becomeLarge(4 * this.length), begun);
  };

  private readonly onEnd = (error?: Error): void => {
    this.payload.off('data', this.onData).off('end', this.onEnd).off('error', this.onEnd);
    if (error) return this.fail(Object.assign(error, { statusCode: BAD_REQUEST }));
    if (this.refusal) return this.done(this.refusal);
    const { target, scanner, chunks } = this;
    const [first] = chunks;
    if (!target || !scanner) {
      const bytes = chunks.length === 1 && first ? first : Buffer.concat(chunks);
      return this.done(null, { bytes, ranges: undefined, digest: undefined });
    }
    void this.finish(target, scanner);
  };

  private async finish(target: LargeTarget, scanner: BodyScanner): Promise<void> {
    scanner.end();
    try {
      const bytes = await target.end();
      this.done(null, { bytes, ranges: scanner.ranges, digest: this.hash?.digest('hex') });
    } catch (error) {
      this.fail(unwritable(error));
    }
  }

  /** @param length how many bytes to make room for */
  private becomeLarge(length: number): LargeTarget {
    const { directory, rules } = this.options;
    this.scanner = new BodyScanner(rules());
    this.target = directory === undefined ? new MemoryTarget(length) : new BodyFile(directory);
    return this.target;
  }

  private append(target: LargeTarget, chunk: Buffer): void {
    this.hash?.update(chunk);
    try {
      this.scanner?.push(chunk);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      return this.refuse(error);
    }
    const written = target.append(chunk);
    if (!written) return;
    this.payload.pause();
    void written.catch((cause: unknown) => this.refuse(unwritable(cause))).finally(() => this.payload.resume());
  }

  private refuse(error: GatewayError): void {
    this.refusal = error;
    this.discard();
  }

  private fail(error: Error): void {
    this.discard();
    this.done(error);
  }

  private discard(): void {
    void this.target?.close();
    this.target = undefined;
    this.chunks = [];
  }
}

/** The bytes in memory. The system gives memory only when it is written. */
class MemoryTarget implements LargeTarget {
  private bytes: Buffer;
  private length = 0;

  constructor(length: number) {
    this.bytes = Buffer.allocUnsafeSlow(length);
  }

  append(piece: Buffer): undefined {
    if (this.length + piece.length > this.bytes.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (this.length + piece.length));
      this.bytes.copy(larger, 0, 0, this.length);
      this.bytes = larger;
    }
    this.length += piece.copy(this.bytes, this.length);
  }

  end(): Promise<Buffer> {
    return Promise.resolve(this.bytes.subarray(0, this.length));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

function unwritable(cause: unknown): GatewayError {
  const message = 'The gateway cannot write the request body to its disk. Try again later.';
  return new GatewayError('unavailable', { message, cause });
}

function tooLong(maxBytes: number): GatewayError {
  const message = `The request body is too large: at most ${maxBytes / 1024 / 1024} MB.`;
  return new GatewayError('request_too_large', { message });
}
