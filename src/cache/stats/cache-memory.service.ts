import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../../database/database.connection';
import { Journal } from '../../ledger/journal/journal.service';
import { InstancesService } from '../../ledger/owners/instances.service';
import { OwnersRepository } from '../../ledger/owners/owners.repository';
import type { KeyCount } from '../store/answer-index.store';
import { ResponseCacheStore } from '../store/response-cache.store';
import { CacheMemoryRepository } from './cache-memory.repository';
import { DailyCounts } from './daily-counts';

/** How much a killed process loses of what it counted, and how old the others' figures are. */
const FLUSH_EVERY_MS = 5_000;

/**
 * What the ledger does not have of the cache: evictions, causes of refreshes, and bytes in memory. Each process counts its own
 * and writes them every five seconds and at the end, so that every replica can report all.
 */
@Injectable()
export class CacheMemory implements OnApplicationBootstrap {
  private readonly logger = new Logger(CacheMemory.name);
  private readonly evictions = new DailyCounts();
  private readonly refreshes = new DailyCounts();
  /** What the database was last told; undefined where it must be told again. */
  private told: string | undefined;
  private flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: ResponseCacheStore,
    private readonly repository: CacheMemoryRepository,
    private readonly journal: Journal,
    private readonly owners: OwnersRepository,
    private readonly database: Database,
    processes: InstancesService,
  ) {
    store.onEvicted((key) => this.evictions.add(key));
    processes.onDeclaredDead(() => (this.told = undefined));
  }

  onApplicationBootstrap(): void {
    const timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    timer.unref();
    this.database.beforeClose(() => {
      clearInterval(timer);
      return this.flush();
    });
  }

  /** Counts a call that asked for a fresh response. @param cause the member or header that asked for it */
  countRefresh(key: string, cause: string): void {
    this.refreshes.add(key, cause);
  }

  /** The live answers by generation, and what they take of the memory of all processes. */
  async count(): Promise<KeyCount[]> {
    await this.flush();
    const counts = new Map((await this.store.count()).map((count) => [nameOf(count), { ...count, bytes: 0 }]));
    for (const { model, generation, bytes } of await this.owners.cacheBytes()) {
      const count = counts.get(nameOf({ model, generation })) ?? { model, generation, keys: 0, bytes: 0 };
      counts.set(nameOf(count), { ...count, bytes });
    }
    return [...counts.values()];
  }

  /** Tells the database what has changed, one telling after the other. What it does not take is told the next time. */
  flush(): Promise<void> {
    this.flushing = this.flushing.then(() =>
      this.tell().catch((error: unknown) =>
        this.logger.debug({ err: error }, 'the database was not told of the memory of the cache'),
      ),
    );
    return this.flushing;
  }

  private async tell(): Promise<void> {
    await this.evictions.flush((counts) => this.repository.addEvictions(counts));
    await this.refreshes.flush((counts) => this.repository.addRefreshes(counts));
    const bytes = this.store.bytesInMemory();
    const text = JSON.stringify(bytes);
    if (text === this.told) return;
    if (await this.owners.putCacheBytes(this.journal.instanceId, bytes)) this.told = text;
  }
}

/** A name for a generation of a model. */
export function nameOf({ model, generation }: { model: string; generation: number }): string {
  return `${generation}:${model}`;
}
