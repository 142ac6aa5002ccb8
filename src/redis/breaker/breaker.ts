import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import { messageOf, RedisAwayError, RedisRefusedError } from './redis-errors';
import { endOne, SharedTimeout } from './shared-timeout';

const HEARTBEAT_MS = 1_000;
const FIRST_PAUSE_MS = 100;
/** The longest pause between two probes of a server that is away. */
const LONGEST_PAUSE_MS = 500;
/** A server that is away again so soon after it was back is unsteady: its probes start after longer and longer pauses. */
const UNSTEADY_MS = 10_000;
const UNSTEADY_PAUSE_MS = 1_000;
const BLIPS_BEFORE_WARNING = 3;

/** What a breaker protects: one server and the connection to it. */
export interface Guarded {
  /** For the log. */
  readonly server: string;
  /** Opens a new connection and checks that it replies in time. @throws Error when it does not */
  restore(): Promise<void>;
  /** Closes the connection with all its commands. */
  abandon(): void;
  ping(): Promise<unknown>;
  /** Whether an error is the server's reply. */
  isReply(error: unknown): boolean;
}

/**
 * Stops using a server that is slow or unreachable. The breaker opens at the first command that gets no reply in time or
 * whose connection breaks. Then all waiting commands fail, and no command is sent until a background probe gets a reply on a
 * new connection. If the first probe succeeds, that was a blip, which is logged only when it repeats.
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

  /** @param connected whether commands may be sent at once; otherwise a first connection is opened in the background */
  start(connected: boolean): this {
    if (connected) this.close();
    else void this.restore('not connected yet');
    return this;
  }

  get isClosed(): boolean {
    return !this.open;
  }

  /** @throws RedisAwayError at once while the server is away, else after the timeout; RedisRefusedError when it replies with an error */
  run<T>(command: () => Promise<T>): Promise<T> {
    if (this.open) return Promise.reject(new RedisAwayError('Redis is away'));
    return new Promise<T>((resolve, reject) => {
      const reply = command();
      const waiting = this.timeout.begin(reject);
      reply.then(
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

  /** Opens the breaker: no command is sent until a probe gets a reply. */
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
    this.timeout.endAll(new RedisAwayError('the gateway shuts down'));
  }

  private async restore(reason: string): Promise<void> {
    this.blips = performance.now() - this.backAt < UNSTEADY_MS ? this.blips + 1 : 0;
    let pauseMs = this.blips === 0 ? 0 : Math.min(FIRST_PAUSE_MS * 2 ** (this.blips - 1), UNSTEADY_PAUSE_MS);
    let warned = false;
    const warnOnce = (cause: string) => {
      if (warned || this.stopped) return;
      warned = true;
      this.logger.warn({ server: this.guarded.server, reason: cause }, 'Redis is away; the gateway goes on without it');
    };
    if (this.blips >= BLIPS_BEFORE_WARNING) warnOnce(reason);
    while (!this.stopped) {
      await delay(pauseMs, undefined, { ref: false });
      try {
        await this.guarded.restore();
        break;
      } catch (error) {
        warnOnce(`${reason}: ${messageOf(error)}`);
        pauseMs = Math.min(Math.max(pauseMs * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS);
      }
    }
    if (this.stopped) return this.guarded.abandon();
    this.close();
    this.backAt = performance.now();
    if (warned) this.logger.log({ server: this.guarded.server }, 'Redis is back');
  }

  private close(): void {
    this.open = false;
    // Also detects a server that stops replying while no command is sent.
    this.heartbeat = setInterval(() => void this.run(() => this.guarded.ping()).catch(() => undefined), HEARTBEAT_MS);
    this.heartbeat.unref();
  }
}
