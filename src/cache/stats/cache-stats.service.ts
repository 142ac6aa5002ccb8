import { Injectable } from '@nestjs/common';
import type { CacheStats } from '@thriftgate/contracts';
import { formatUsd } from '../../common/money';
import { GenerationsRepository } from '../../models/generations.repository';
import { GenerationsService } from '../../models/generations.service';
import { LedgerDrain } from '../../usage/ledger-drain.service';
import { CacheStatsRepository, type GenerationCounts } from './cache-stats.repository';
import { ResponseCacheStore } from '../store/response-cache.store';

type Row = GenerationCounts & { keys: number };

/** Puts together what the ledger counted and what the store holds, by model and generation. */
@Injectable()
export class CacheStatsService {
  constructor(
    private readonly drain: LedgerDrain,
    private readonly repository: CacheStatsRepository,
    private readonly store: ResponseCacheStore,
    private readonly generations: GenerationsService,
    private readonly history: GenerationsRepository,
  ) {}

  async read(): Promise<CacheStats> {
    await this.drain.flush();
    const rows = await this.rows();
    const versions = new Map((await this.history.history()).map((each) => [nameOf(each), each.version]));
    const sum = (pick: (row: Row) => number) => rows.reduce((total, row) => total + pick(row), 0);
    const [hits, misses] = [sum((row) => row.hits), sum((row) => row.misses)];
    return {
      total_keys: sum((row) => row.keys),
      hits,
      misses,
      hit_rate: hits + misses === 0 ? 0 : hits / (hits + misses),
      saved_usd: formatUsd(rows.reduce((total, row) => total + row.savedPusd, 0n)),
      models: rows.map((row) => ({
        model: row.model,
        version: versions.get(nameOf(row)) ?? null,
        generation: row.generation,
        keys: row.keys,
        hits: row.hits,
        misses: row.misses,
        saved_usd: formatUsd(row.savedPusd),
      })),
    };
  }

  private async rows(): Promise<Row[]> {
    const rows = new Map<string, Row>();
    for (const counts of await this.repository.countByGeneration()) rows.set(nameOf(counts), { ...counts, keys: 0 });
    for (const { model, generation, keys } of await this.store.count()) {
      // Answers of a generation that has ended may lie there until they are swept; they are never served.
      if (generation !== this.generations.current(model).generation) continue;
      const row = rows.get(nameOf({ model, generation })) ?? {
        model,
        generation,
        hits: 0,
        misses: 0,
        savedPusd: 0n,
        keys: 0,
      };
      rows.set(nameOf(row), { ...row, keys });
    }
    return [...rows.values()].toSorted((a, b) =>
      a.model === b.model ? b.generation - a.generation : a.model < b.model ? -1 : 1,
    );
  }
}

function nameOf({ model, generation }: { model: string; generation: number }): string {
  return `${generation}:${model}`;
}
