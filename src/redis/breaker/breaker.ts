import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import { messageOf, RedisAwayError, RedisRefusedError } from './redis-errors';
import { endOne, SharedTimeout } from './shared-timeout';

const HEARTBEAT_MS = 1_000;
const FIRST_PAUSE_MS = 100;
/** A server that is there again is found after so long at the latest. */
const LONGEST_PAUSE_MS = 500;
/** Who is away again so soon after having come back is slow or unsteady, and is tried less and less often. */
const UNSTEADY_MS = 10_000;
const UNSTEADY_PAUSE_MS = 1_000;
const BLIPS_TO_SAY_SO = 3;

/** What a breaker stands before: one server and the connection to it. */
export interface Guarded {
  /** For the log. */
  readonly server: string;
  /** Makes a new connection on which commands are answered in time. @throws Error where there is none */
  restore(): Promise<void>;
  /** Gives up the connection with all that is under way on it. */
  abandon(): void;
  ping(): Promise<unknown>;
  /** Whether an error is what the server answered. */
  isReply(error: unknown): boolean;
}

/**
 * Keeps calls from waiting for a server that is slow or gone. The first command that gets no answer in time, or whose
 * connection breaks, opens it: all that wait are let go, and nobody asks the server until one probe in the background has an
 * answer on a new connection. A probe that succeeds at once was a blip, of which nothing is said.
 */
export class Breaker {
  private readonly timeout: SharedTimeout;
  private heartbeat: NodeJS.Timeout | undefined;
  private open = true;
  private stopped = false;
  private backAt = -Infinity;
  private blips = 0;

  constructor(
    private readonly guarded: Guarded,
    timeoutMs: number,
    private readonly logger: Logger,
  ) {
    this.timeout = new SharedTimeout(timeoutMs, (late) => {
      const reason = new RedisAwayError('no answer in time');
      this.trip(reason.message);
      for (const each of late) endOne(each, reason);
    });
  }

  /** @param connected whether commands may be sent at once; else a first connection is made in the background */
  start(connected: boolean): this {
    if (connected) this.close();
    else void this.restore('not connected yet');
    return this;
  }

  get isClosed(): boolean {
    return !this.open;
  }

  /** @throws RedisAwayError at once where the server is away, else after the timeout; RedisRefusedError for an error it answers */
  run<T>(command: () => Promise<T>): Promise<T> {
    if (this.open) return Promise.reject(new RedisAwayError('Redis is away'));
    return new Promise<T>((resolve, reject) => {
      const answer = command();
      const waiting = this.timeout.begin(reject);
      answer.then(
        (value) => {
          waiting.end = undefined;
          resolve(value);
        },
        (error: unknown) => {
          if (waiting.end === undefined) return;
          if (this.guarded.isReply(error)) return endOne(waiting, new RedisRefusedError(messageOf(error)));
          endOne(waiting, new RedisAwayError(messageOf(error)));
          this.trip(messageOf(error));
        },
      );
    });
  }

  /** The server is away: nobody asks it until a probe has an answer. */
  trip(reason: string): void {
    if (this.open || this.stopped) return;
    this.open = true;
    clearInterval(this.heartbeat);
    this.guarded.abandon();
    this.timeout.endAll(new RedisAwayError(reason));
    void this.restore(reason);
  }

  stop(): void {
    this.stopped = true;
    this.open = true;
    clearInterval(this.heartbeat);
    this.timeout.endAll(new RedisAwayError('the gateway ends'));
  }

  private async restore(reason: string): Promise<void> {
    this.blips = performance.now() - this.backAt < UNSTEADY_MS ? this.blips + 1 : 0;
    let pauseMs = this.blips === 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (this.blips - 1), UNSTEADY_PAUSE_MS);
    let said = false;
    const say = (why: string) => {
      if (said || this.stopped) return;
      said = true;
      this.logger.warn({ server: this.guarded.server, reason: why }, 'Redis is away; the gateway goes on without it');
    };
    if (this.blips >= BLIPS_TO_SAY_SO) say(reason);
    while (!this.stopped) {
      await delay(pauseMs, undefined, { ref: false });
      try {
        await this.guarded.restore();
        break;
      } catch (error) {
        say(`${reason}: ${messageOf(error)}`);
        pauseMs = Math.min(Math.max(pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
      }
    }
    if (this.stopped) return this.guarded.abandon();
    this.close();
    this.backAt = performance.now();
    if (said) this.logger.log({ server: this.guarded.server }, 'Redis is back');
  }

  private close(): void {
    this.open = false;
    // Also finds out about a server that falls silent while nobody asks.
    this.heartbeat = setInterval(() => void this.run(() => this.guarded.ping()).catch(() => undefined), HEARTBEAT_MS);
    this.heartbeat.unref();
  }
}
