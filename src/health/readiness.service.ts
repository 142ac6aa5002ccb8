import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { ReadinessReport } from '@thriftgate/contracts';
import { Clock } from '../common/clock';
import { Database } from '../database/database.connection';
import { ProviderRegistry } from '../providers/provider-registry.service';
import { RedisConnection } from '../redis/redis.connection';

const CACHE_MS = 1_000;
const DATABASE_TIMEOUT_MS = 1_000;

/** Readiness for load balancers. A gateway without its database is ready, because calls with known keys work. */
@Injectable()
export class Readiness implements OnApplicationBootstrap, OnModuleDestroy {
  private phase: 'starting' | 'started' | 'draining' = 'starting';
  private database: { queriedAtMs: number; reachable: Promise<boolean> } | undefined;

  constructor(
    private readonly connection: Database,
    private readonly redis: RedisConnection,
    private readonly providers: ProviderRegistry,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    if (this.phase === 'starting') this.phase = 'started';
  }

  onModuleDestroy(): void {
    this.drain();
  }

  /** Ends readiness for good: the process ends after its running calls. */
  drain(): void {
    this.phase = 'draining';
  }

  async report(): Promise<ReadinessReport> {
    const database =
      this.phase === 'started' ? ({ database: (await this.isDatabaseReachable()) ? 'ok' : 'away' } as const) : {};
    // Draining may have begun during the query.
    if (this.phase !== 'started') return { status: this.phase };
    return {
      status: 'ok',
      ...database,
      ...(this.redis.isConfigured && { redis: this.redis.isReady ? 'ok' : 'away' }),
      ...(this.providers.simulated !== 'none' && { simulator: 'on' }),
    };
  }

  /** Queries the database at most once a second, for any number of requests. */
  private isDatabaseReachable(): Promise<boolean> {
    const nowMs = this.clock.now();
    if (!this.database || nowMs - this.database.queriedAtMs >= CACHE_MS) {
      this.database = { queriedAtMs: nowMs, reachable: withinTimeout(this.connection.isReachable()) };
    }
    return this.database.reachable;
  }
}

/** Resolves to false after a timeout. */
async function withinTimeout(result: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), DATABASE_TIMEOUT_MS);
  });
  return Promise.race([result, timeout]).finally(() => clearTimeout(timer));
}
