import { Injectable } from '@nestjs/common';
import type { CacheStats, CacheStatsQuery } from '@thriftgate/contracts';
import { GatewayError } from '../../common/errors';
import { formatUsd } from '../../common/money';
import { GenerationsRepository } from '../../models/generations.repository';
import { GenerationsService } from '../../models/generations.service';
import { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import { marksOf } from './generation-marks';
import { CacheMemory, nameOf } from './cache-memory.service';
import { type CacheCounts, type CacheStatsFilter, CacheStatsRepository } from './cache-stats.repository';

const MAX_GROUPS = 100_000;

/** A generation of a model: its counts, and what the cache holds of it. */
interface Row extends CacheCounts {
  model: string;
  generation: number;
  keys: number;
  bytes: number;
  evictions: number;
}

/** Merges the counters from the ledger with what the store holds, by model and generation, and by group. */
@Injectable()
export class CacheStatsService {
  constructor(
    private readonly drain: LedgerDrain,
    private readonly repository: CacheStatsRepository,
    private readonly memory: CacheMemory,
    private readonly generations: GenerationsService,
    private readonly history: GenerationsRepository,
  ) {}

  /** @throws GatewayError `invalid_request` when there are too many groups */
  async read({ from, to, model, team_id: teamId, group_by: groups }: CacheStatsQuery): Promise<CacheStats> {
    await this.drain.flush();
    const filter = { fromDay: from && dayOf(from), toDay: to && dayOf(to), model, teamId };
    const { byGeneration, data } = await this.repository.counts(filter, groups, MAX_GROUPS + 1);
    if (data.length > MAX_GROUPS) {
      throw new GatewayError('invalid_request', {
        message: `'group_by' makes more than ${MAX_GROUPS} groups of this span. Name fewer groups or a shorter span.`,
        param: 'group_by',
      });
    }
    const counted = byGeneration.map(({ groups: { model: name, generation }, ...counts }) => {
      return { ...counts, model: String(name), generation: Number(generation), keys: 0, bytes: 0, evictions: 0 };
    });
    const rows = await this.withMemory(counted, filter);
    const history = await this.history.history();
    const versions = new Map(history.map((each) => [nameOf(each), each.version]));
    const sum = (pick: (row: Row) => number) => rows.reduce((total, row) => total + pick(row), 0);
    return {
      total_keys: sum(({ keys }) => keys),
      ...withRate(totalOf(rows)),
      bytes: sum(({ bytes }) => bytes),
      evictions: sum(({ evictions }) => evictions),
      refreshed_by: await this.repository.refreshes(filter),
      models: rows.map((row) => ({
        model: row.model,
        version: versions.get(nameOf(row)) ?? null,
        generation: row.generation,
        keys: row.keys,
        ...toWire(row),
        bytes: row.bytes,
        evictions: row.evictions,
        hit_rate: rateOf(row),
      })),
      generations: marksOf(history, { from, to, model }),
      ...(groups.length === 0 ? {} : { data: data.map((row) => Object.assign({}, row.groups, withRate(row))) }),
    };
  }

  /** Adds what the cache holds and has evicted to the counts; generations without calls get rows too. */
  private async withMemory(counted: Row[], filter: CacheStatsFilter): Promise<Row[]> {
    const rows = new Map(counted.map((row) => [nameOf(row), row]));
    const merge = (place: { model: string; generation: number }, members: Partial<Row>) => {
      const { model, generation } = place;
      const row = rows.get(nameOf(place)) ?? { ...NOTHING, model, generation, keys: 0, bytes: 0, evictions: 0 };
      rows.set(nameOf(place), { ...row, ...members });
    };
    for (const { keys, bytes, ...place } of await this.memory.count()) {
      // Responses of a generation that has ended stay until they are swept, and are never served.
      const inForce = place.generation === this.generations.current(place.model).generation;
      if (inForce && (filter.model ?? place.model) === place.model) merge(place, { keys, bytes });
    }
    for (const { evictions, ...place } of await this.repository.evictions(filter)) merge(place, { evictions });
    return [...rows.values()].toSorted((a, b) =>
      a.model === b.model ? b.generation - a.generation : a.model < b.model ? -1 : 1,
    );
  }
}

const NOTHING: CacheCounts = {
  hits: 0,
  misses: 0,
  coalesced: 0,
  bypassed: 0,
  refreshed: 0,
  refused: {},
  savedPusd: 0n,
};

/** A day for PostgreSQL: `infinity` after 9999-12-31, as it does not read a year of five digits. */
function dayOf(time: Date): string {
  return time.getUTCFullYear() > 9999 ? 'infinity' : time.toISOString().slice(0, 10);
}

function totalOf(rows: CacheCounts[]): CacheCounts {
  const total = { ...NOTHING, refused: new Map<string, number>() };
  for (const row of rows) {
    total.hits += row.hits;
    total.misses += row.misses;
    total.coalesced += row.coalesced;
    total.bypassed += row.bypassed;
    total.refreshed += row.refreshed;
    total.savedPusd += row.savedPusd;
    for (const [reason, responses] of Object.entries(row.refused))
      total.refused.set(reason, responses + (total.refused.get(reason) ?? 0));
  }
  return { ...total, refused: Object.fromEntries(total.refused) };
}

function toWire({ hits, misses, coalesced, bypassed, refreshed, refused, savedPusd }: CacheCounts) {
  return { hits, misses, coalesced, bypassed, refreshed, refused, saved_usd: formatUsd(savedPusd) };
}

/** A coalesced call is neither a hit nor a miss: the cache had no response, and no upstream was called for it. */
function withRate(counts: CacheCounts) {
  return { ...toWire(counts), hit_rate: rateOf(counts) };
}

function rateOf({ hits, misses }: Pick<CacheCounts, 'hits' | 'misses'>): number {
  return hits + misses === 0 ? 0 : hits / (hits + misses);
}
