import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { GatewayError } from '../../common/errors';
import { type BodyRange, type BodyRules, BodyScanner } from './body-scanner';

/** Up to this size a body is parsed without a scan, whatever it holds: that takes a few milliseconds. */
const SMALL_BYTES = 64 * 1024;
const BAD_REQUEST = 400;

/** The bytes of a body. */
export interface ReadBody {
  bytes: Buffer;
  /** What a scan left out; undefined for a small body. */
  ranges: BodyRange[] | undefined;
  /** SHA-256 of a large body, where it was asked for. */
  digest: string | undefined;
}

interface ReadOptions {
  /** The error of a request whose body is not wanted. */
  refusal: GatewayError | undefined;
  maxBytes: number;
  /** What may be in a body that is not small. */
  rules: () => BodyRules;
  hashes: boolean;
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
  /** The bytes of a large body. */
  private target: Buffer | undefined;
  private scanner: BodyScanner | undefined;
  private readonly hash: ReturnType<typeof createHash> | undefined;
  private refusal: GatewayError | undefined;

  constructor(
    private readonly payload: IncomingMessage,
    private readonly options: ReadOptions,
    private readonly done: Done,
  ) {
    this.hash = options.hashes ? createHash('sha256') : undefined;
    this.refusal = options.refusal;
  }

  start(): void {
    const { payload, options, done } = this;
    const length = Number(payload.headers['content-length'] ?? 0);
    if (length > options.maxBytes) {
      done(tooLong(options.maxBytes));
      return;
    }
    if (length > SMALL_BYTES && !this.refusal) this.becomeLarge(length);
    payload.on('data', this.onData).once('end', this.onEnd).once('error', this.onEnd);
  }

  private readonly onData = (chunk: Buffer): void => {
    this.length += chunk.length;
    if (this.refusal) return;
    if (this.length > this.options.maxBytes) return this.refuse(tooLong(this.options.maxBytes));
    if (!this.scanner && this.length > SMALL_BYTES) this.becomeLarge(4 * this.length);
    if (this.scanner) this.append(chunk, this.length - chunk.length);
    else this.chunks.push(chunk);
  };

  private readonly onEnd = (error?: Error): void => {
    this.payload.off('data', this.onData).off('end', this.onEnd).off('error', this.onEnd);
    if (error) return this.done(Object.assign(error, { statusCode: BAD_REQUEST }));
    if (this.refusal) return this.done(this.refusal);
    const { target, scanner, chunks } = this;
    scanner?.end();
    const [first] = chunks;
    const small = chunks.length === 1 && first ? first : Buffer.concat(chunks);
    this.done(null, {
      bytes: target?.subarray(0, this.length) ?? small,
      ranges: scanner?.ranges,
      digest: scanner && this.hash?.digest('hex'),
    });
  };

  /** @param length how many bytes to make room for; the system gives memory only when it is written */
  private becomeLarge(length: number): void {
    this.target = Buffer.allocUnsafeSlow(length);
    this.scanner = new BodyScanner(this.options.rules());
    const { chunks } = this;
    this.chunks = [];
    let at = 0;
    for (const chunk of chunks) {
      this.append(chunk, at);
      at += chunk.length;
    }
  }

  private append(chunk: Buffer, at: number): void {
    if (!this.target || !this.scanner) return;
    if (at + chunk.length > this.target.length) {
      const larger = Buffer.allocUnsafeSlow(2 * (at + chunk.length));
      this.target.copy(larger, 0, 0, at);
      this.target = larger;
    }
    chunk.copy(this.target, at);
    this.hash?.update(chunk);
    try {
      this.scanner.push(chunk);
    } catch (error) {
      if (!(error instanceof GatewayError)) throw error;
      this.refuse(error);
    }
  }

  private refuse(error: GatewayError): void {
    this.refusal = error;
    this.target = undefined;
    this.chunks = [];
  }
}

function tooLong(maxBytes: number): GatewayError {
  const message = `The request body is too large: at most ${maxBytes / 1024 / 1024} MB.`;
  return new GatewayError('request_too_large', { message });
}
