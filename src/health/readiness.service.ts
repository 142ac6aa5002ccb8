import { Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import type { ReadinessReport } from '@thriftgate/contracts';
import { LogDestination } from '../common/runtime/log-destination';
import { Database } from '../database/database.connection';
import { LedgerDrain } from '../ledger/drain/ledger-drain.service';
import { ProviderRegistry } from '../providers/provider-registry.service';
import { RedisConnection } from '../redis/redis.connection';

const CACHE_MS = 1_000;
const DATABASE_TIMEOUT_MS = 1_000;

/** Whether a load balancer should send calls here: also while the database is away, because known keys work without it. */
@Injectable()
export class Readiness implements OnApplicationBootstrap, OnModuleDestroy {
  private phase: 'starting' | 'started' | 'draining' = 'starting';
  private database: { askedAtMs: number; reachable: Promise<boolean> } | undefined;

  constructor(
    private readonly connection: Database,
    private readonly redis: RedisConnection,
    private readonly providers: ProviderRegistry,
    private readonly ledger: LedgerDrain,
    private readonly log: LogDestination,
  ) {}

  onApplicationBootstrap(): void {
    if (this.phase === 'starting') this.phase = 'started';
  }

  onModuleDestroy(): void {
    this.drain();
  }

  /** From now on not ready, for ever: the process ends once its running calls have. */
  drain(): void {
    this.phase = 'draining';
  }

  async report(): Promise<ReadinessReport> {
    const reachable = this.phase === 'started' && (await this.isDatabaseReachable());
    // Draining may have begun while the database was asked.
    if (this.phase !== 'started') return { status: this.phase };
    if (this.ledger.state === 'lost') return { status: 'failing', ledger: 'lost' };
    const stores = { database: reachable ? 'ok' : 'away', ledger: this.ledger.state } as const;
    return {
      status: 'ok',
      ...stores,
      ...(this.redis.isConfigured && { redis: this.redis.isReady ? 'ok' : 'away' }),
      ...(this.log.isFailing && { log: 'failing' }),
      ...(this.providers.simulated !== 'none' && { simulator: 'on' }),
    };
  }

  /** At most one question a second, however many ask. */
  private isDatabaseReachable(): Promise<boolean> {
    const nowMs = performance.now();
    if (!this.database || nowMs - this.database.askedAtMs >= CACHE_MS) {
      this.database = { askedAtMs: nowMs, reachable: withinTimeout(this.connection.isReachable()) };
    }
    return this.database.reachable;
  }
}

/** False where the answer does not come in time. */
async function withinTimeout(answer: Promise<boolean>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), DATABASE_TIMEOUT_MS);
  });
  return Promise.race([answer, timeout]).finally(() => clearTimeout(timer));
}
