import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import { createClient, type RedisClientType } from 'redis';
import type { GatewayConfig } from '../config/gateway-config';

const CONNECT_TIMEOUT_MS = 2_000;
const RECONNECT_CAP_MS = 1_000;
/** After this many failures in a row Redis is left alone for a while: a frozen one must not cost each call its timeout. */
const FAILURES_TO_OPEN = 3;
const OPEN_MS = 1_000;

/** Redis did not answer in time, or is not there. What needs it goes on without. */
export class RedisAwayError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'RedisAwayError';
  }
}

/**
 * The connection that all stores share. It never queues commands while Redis is away and gives each `REDIS_TIMEOUT_MS`,
 * so Redis can be slow, frozen or gone and a call loses nothing but what Redis would have known.
 */
export class RedisConnection implements OnApplicationShutdown {
  private readonly logger = new Logger(RedisConnection.name);
  private failures = 0;
  private openUntil = 0;
  private away = false;

  private constructor(
    readonly client: RedisClientType | undefined,
    private readonly timeoutMs: number,
  ) {}

  /** Starts to connect and does not wait for it: the gateway starts without Redis too. */
  static open(config: GatewayConfig): RedisConnection {
    if (!config.redisUrl) return new RedisConnection(undefined, config.redisTimeoutMs);
    const client: RedisClientType = createClient({
      url: config.redisUrl,
      disableOfflineQueue: true,
      pingInterval: 10_000,
      socket: {
        connectTimeout: CONNECT_TIMEOUT_MS,
        reconnectStrategy: (retries) => Math.min(50 * 2 ** retries, RECONNECT_CAP_MS),
      },
    });
    const connection = new RedisConnection(client, config.redisTimeoutMs);
    client.on('error', (error: Error) => connection.onAway(error.message));
    client.on('ready', () => connection.onBack());
    void client.connect().catch(() => undefined);
    return connection;
  }

  get isConfigured(): boolean {
    return this.client !== undefined;
  }

  get isReady(): boolean {
    return this.client?.isReady === true && Date.now() >= this.openUntil;
  }

  /** Runs a command. @throws RedisAwayError when Redis is away or takes longer than `REDIS_TIMEOUT_MS` */
  async run<T>(command: (client: RedisClientType) => Promise<T>): Promise<T> {
    if (!this.client || !this.isReady) throw new RedisAwayError('Redis is away');
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<never>((_, reject) => {
      // Two halves: a turn in which this process itself is busy, and neither sends nor reads, uses up only one of them.
      const late = () => reject(new RedisAwayError('Redis did not answer in time'));
      timer = setTimeout(() => (timer = setTimeout(late, this.timeoutMs / 2)), this.timeoutMs / 2);
    });
    const answer = command(this.client);
    answer.catch(() => undefined);
    try {
      const value = await Promise.race([answer, timeout]);
      this.onBack();
      return value;
    } catch (error) {
      this.failures += 1;
      if (this.failures >= FAILURES_TO_OPEN) {
        this.openUntil = Date.now() + OPEN_MS;
        this.onAway(error instanceof Error ? error.message : String(error));
      }
      throw error instanceof RedisAwayError
        ? error
        : new RedisAwayError(error instanceof Error ? error.message : String(error));
    } finally {
      clearTimeout(timer);
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client?.disconnect().catch(() => undefined);
  }

  private onAway(reason: string): void {
    if (this.away) return;
    this.away = true;
    this.logger.warn({ reason }, 'Redis is away; the gateway goes on without it');
  }

  private onBack(): void {
    this.failures = 0;
    if (!this.away) return;
    this.away = false;
    this.logger.log('Redis is back');
  }
}
