import { modelOfKey, scopeOfKey } from '../key/cache-key';

const DAY_MS = 86_400_000;

/** A count of a team, model and generation on one day. */
export interface DailyCount {
  /** UTC, `2026-11-23`. */
  day: string;
  teamId: string;
  model: string;
  generation: number;
  /** Why; empty where only one reason is counted. */
  cause: string;
  count: number;
}

/** Counts by day and by what cache keys have in common, until they are written. */
export class DailyCounts {
  private counts = new Map<string, DailyCount>();

  add(key: string, cause = ''): void {
    const day = Math.floor(Date.now() / DAY_MS);
    const name = `${day}:${cause}:${key.slice(0, key.lastIndexOf(':'))}`;
    const counted = this.counts.get(name);
    if (counted) counted.count += 1;
    else {
      const date = new Date(day * DAY_MS).toISOString().slice(0, 10);
      this.counts.set(name, { day: date, teamId: scopeOfKey(key), ...modelOfKey(key), cause, count: 1 });
    }
  }

  /** Writes what was counted since the last time, and keeps it if that fails. @throws what `write` throws */
  async flush(write: (counts: readonly DailyCount[]) => Promise<void>): Promise<void> {
    const { counts } = this;
    if (counts.size === 0) return;
    this.counts = new Map();
    try {
      await write([...counts.values()]);
    } catch (error) {
      for (const [name, unwritten] of counts) {
        unwritten.count += this.counts.get(name)?.count ?? 0;
        this.counts.set(name, unwritten);
      }
      throw error;
    }
  }
}
