import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../../database/database.connection';
import { Journal } from '../../ledger/journal/journal.service';
import { InstancesService } from '../../ledger/owners/instances.service';
import { OwnersRepository } from '../../ledger/owners/owners.repository';
import { modelOfKey, scopeOfKey } from '../key/cache-key';
import type { KeyCount } from '../store/answer-index.store';
import { ResponseCacheStore } from '../store/response-cache.store';
import { CacheMemoryRepository, type Evictions } from './cache-memory.repository';

/** How much a killed process loses of what it counted, and how old the others' figures are. */
const FLUSH_EVERY_MS = 5_000;
const DAY_MS = 86_400_000;

/**
 * What the ledger does not know of the cache: evictions and bytes in memory, which each process has of its own. They are
 * told to the database every five seconds and at the end, so that every replica answers for all.
 */
@Injectable()
export class CacheMemory implements OnApplicationBootstrap {
  private readonly logger = new Logger(CacheMemory.name);
  /** By the day and by what the keys have in common: where memory is full, every answer that is stored pushes one out. */
  private evictions = new Map<string, Evictions>();
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
    store.onEvicted((key) => this.countEviction(key));
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
    await this.tellEvictions();
    const bytes = this.store.bytesInMemory();
    const text = JSON.stringify(bytes);
    if (text === this.told) return;
    if (await this.owners.putCacheBytes(this.journal.instanceId, bytes)) this.told = text;
  }

  private async tellEvictions(): Promise<void> {
    const { evictions } = this;
    if (evictions.size === 0) return;
    this.evictions = new Map();
    try {
      await this.repository.addEvictions([...evictions.values()]);
    } catch (error) {
      for (const [name, untold] of evictions) {
        untold.evictions += this.evictions.get(name)?.evictions ?? 0;
        this.evictions.set(name, untold);
      }
      throw error;
    }
  }

  private countEviction(key: string): void {
    const day = Math.floor(Date.now() / DAY_MS);
    const name = `${day}:${key.slice(0, key.lastIndexOf(':'))}`;
    const counted = this.evictions.get(name);
    if (counted) counted.evictions += 1;
    else {
      const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
      this.evictions.set(name, { day: date, teamId: scopeOfKey(key), ...modelOfKey(key), evictions: 1 });
    }
  }
}

/** A name for a generation of a model. */
export function nameOf({ model, generation }: { model: string; generation: number }): string {
  return `${generation}:${model}`;
}
