import { fstatSync, write, writeSync } from 'node:fs';

const STANDARD_OUTPUT = 1;
/** From here on, in characters, lines do not wait for the next turn. */
const GROUP_LENGTH = 64 * 1024;
/** How much waits, in characters, for an output that takes nothing. What comes then is dropped. */
const MOST_WAITING = 1024 * 1024;
const FLUSH_EVERY_MS = 200;
const RETRY_MS = 1_000;
const LAST_TRIES_MS = 200;
const LOOK_AGAIN_MS = 5;

/** Hands bytes to the output without blocking the event loop, and says how many it took. */
type Output = (bytes: Buffer, done: (error: Error | null | undefined, written: number) => void) => void;

/**
 * Where log lines go: standard output, in groups, at least every 200 ms. A full disk, a reader that is gone and one that does
 * not read never stop the process: lines are dropped and counted until they can be written again, and a line says how many.
 */
export class LogDestination {
  private waiting = '';
  /** What the output did not take of the last group. */
  private rest: Buffer | undefined;
  private writing = false;
  private failed = false;
  private retryAtMs = 0;
  private dropped = 0;
  private readonly timer = setInterval(() => this.writeNext(), FLUSH_EVERY_MS).unref();

  /** @param output standard output by default */
  constructor(
    private readonly output: Output = standardOutput(),
    private readonly file = STANDARD_OUTPUT,
  ) {}

  /** Whether lines cannot be written at present. */
  get isFailing(): boolean {
    return this.failed || this.dropped > 0;
  }

  /** @param lines whole lines, each with its end */
  write(lines: string): void {
    if (this.waiting.length + lines.length > MOST_WAITING) {
      for (let at = lines.indexOf('\n'); at >= 0; at = lines.indexOf('\n', at + 1)) this.dropped += 1;
      return;
    }
    this.waiting += lines;
    if (this.waiting.length >= GROUP_LENGTH) this.writeNext();
  }

  /** Waits until everything is written, for some milliseconds at most. */
  async flush(timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    while ((this.writing || this.waiting !== '') && !this.failed && performance.now() < deadline) {
      this.writeNext();
      await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
    }
  }

  /** Writes what waits before the process ends, as far as the output takes it at once. */
  flushSync(): void {
    let bytes = this.takeWaiting();
    const deadline = performance.now() + LAST_TRIES_MS;
    while (bytes.length > 0 && performance.now() < deadline) {
      try {
        bytes = bytes.subarray(writeSync(this.file, bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EAGAIN' || this.writing) return;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, LOOK_AGAIN_MS);
      }
    }
  }

  close(): void {
    clearInterval(this.timer);
  }

  private writeNext(): void {
    if (this.writing || (this.rest === undefined && this.waiting === '')) return;
    if (this.failed && performance.now() < this.retryAtMs) return;
    const bytes = this.takeWaiting();
    this.writing = true;
    this.output(bytes, (error, written) => this.end(bytes.subarray(written), error));
  }

  private takeWaiting(): Buffer {
    const next = Buffer.from(this.waiting);
    const bytes = this.rest === undefined ? next : Buffer.concat([this.rest, next]);
    this.rest = undefined;
    this.waiting = '';
    return bytes;
  }

  private end(rest: Buffer, error: Error | null | undefined): void {
    this.writing = false;
    if (rest.length > 0) this.rest = rest;
    this.failed = Boolean(error);
    if (error) {
      this.retryAtMs = performance.now() + RETRY_MS;
      return;
    }
    if (this.rest === undefined && this.dropped > 0) this.reportDropped();
    if (this.rest !== undefined || this.waiting.length >= GROUP_LENGTH) this.writeNext();
  }

  private reportDropped(): void {
    const line = { level: 'warn', time: new Date().toISOString(), lines: this.dropped };
    this.dropped = 0;
    this.waiting += `${JSON.stringify({ ...line, msg: 'lines of the log could not be written and were dropped' })}\n`;
  }
}

/** Pipes and sockets are written by the event loop; a write of a thread that waits for a reader would hold up the end of the process. */
function standardOutput(): Output {
  const kind = fstatSync(STANDARD_OUTPUT);
  // What fails is seen where it is written.
  process.stdout.on('error', () => undefined);
  if (kind.isFIFO() || kind.isSocket())
    return (bytes, done) => process.stdout.write(bytes, (error) => done(error, error ? 0 : bytes.length));
  return (bytes, done) => write(STANDARD_OUTPUT, bytes, 0, bytes.length, null, done);
}
