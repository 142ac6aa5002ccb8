import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { Database } from '../../database/database.connection';
import { Journal } from '../../ledger/journal/journal.service';
import { ProcessesService } from '../../ledger/upkeep/processes.service';
import { modelOfKey, scopeOfKey } from '../key/cache-key';
import type { KeyCount } from '../store/answer-index.store';
import { ResponseCacheStore } from '../store/response-cache.store';
import { CacheMemoryRepository, type Evictions } from './cache-memory.repository';

/** A killed process loses the counts of this time; the figures of other processes are at most this old. */
const FLUSH_EVERY_MS = 5_000;
const DAY_MS = 86_400_000;

/**
 * The cache figures that the ledger does not have: each process's evictions and bytes in memory. They are written to the
 * database every five seconds and at the shutdown, so that every replica reports on all.
 */
@Injectable()
export class CacheMemory implements OnApplicationBootstrap {
  private readonly logger = new Logger(CacheMemory.name);
  /** By day, scope, model and generation. Where memory is full, every response that is stored evicts one. */
  private evictions = new Map<string, Evictions>();
  /** The bytes that the database has, as JSON; undefined where they must be written again. */
  private written: string | undefined;
  private flushing: Promise<void> = Promise.resolve();

  constructor(
    private readonly store: ResponseCacheStore,
    private readonly repository: CacheMemoryRepository,
    private readonly journal: Journal,
    private readonly database: Database,
    processes: ProcessesService,
  ) {
    store.onEvicted((key) => this.countEviction(key));
    processes.onDeclaredDead(() => (this.written = undefined));
  }

  onApplicationBootstrap(): void {
    const timer = setInterval(() => void this.flush(), FLUSH_EVERY_MS);
    timer.unref();
    this.database.beforeClose(() => {
      clearInterval(timer);
      return this.flush();
    });
  }

  /** The live responses by generation, and their bytes in the memory of all processes. */
  async count(): Promise<KeyCount[]> {
    await this.flush();
    const counts = new Map((await this.store.count()).map((count) => [nameOf(count), { ...count, bytes: 0 }]));
    for (const { model, generation, bytes } of await this.repository.bytes()) {
      const count = counts.get(nameOf({ model, generation })) ?? { model, generation, keys: 0, bytes: 0 };
      counts.set(nameOf(count), { ...count, bytes });
    }
    return [...counts.values()];
  }

  /** Writes what has changed, one write after the other. The next flush repeats a write that failed. */
  flush(): Promise<void> {
    this.flushing = this.flushing.then(() =>
      this.write().catch((error: unknown) =>
        this.logger.debug({ err: error }, 'the cache figures could not be written to the database'),
      ),
    );
    return this.flushing;
  }

  private async write(): Promise<void> {
    await this.writeEvictions();
    const counts = await this.store.countInMemory();
    const bytes = counts.flatMap(({ keys: _keys, ...held }) => (held.bytes > 0 ? held : []));
    const text = JSON.stringify(bytes);
    if (text === this.written) return;
    if (await this.repository.putBytes(this.journal.epoch, bytes)) this.written = text;
  }

  private async writeEvictions(): Promise<void> {
    const { evictions } = this;
    if (evictions.size === 0) return;
    this.evictions = new Map();
    try {
      await this.repository.addEvictions([...evictions.values()]);
    } catch (error) {
      for (const [name, unwritten] of evictions) {
        unwritten.evictions += this.evictions.get(name)?.evictions ?? 0;
        this.evictions.set(name, unwritten);
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
