import type { CacheStats, GroupCacheStats } from '@thriftgate/contracts';
import { byModel, marksOn, ratesByDay } from './hit-rates';

const group = (model: string, day: string, hits: number, misses: number) =>
  ({ model, day, hits, misses }) as GroupCacheStats;

describe('hit rates by day', () => {
  it('are hits of hits and misses, with a gap where there was neither', () => {
    const groups = [
      group('a', '2026-11-01', 3, 1),
      group('b', '2026-11-01', 40, 60),
      group('a', '2026-11-03', 0, 0),
      group('a', '2026-11-01', 1, 1),
    ];
    expect(ratesByDay(groups, ['2026-11-01', '2026-11-02', '2026-11-03'], ({ model }) => model ?? '')).toEqual([
      { name: 'b', values: ['0.400000', null, null] },
      { name: 'a', values: ['0.666667', null, null] },
    ]);
  });

  it('have marks where a generation began, on days that are shown', () => {
    const mark = (started_at: string, generation: number) =>
      ({ started_at, generation }) as CacheStats['generations'][0];
    const marks = [mark('2026-11-02T23:00:00.000Z', 2), mark('2026-10-02T23:00:00.000Z', 1)];
    expect(marksOn(marks, ['2026-11-01', '2026-11-02'], ({ generation }) => String(generation))).toEqual([
      { at: 1, label: '2' },
    ]);
  });

  it('are listed by model, the newest generation first', () => {
    const row = (model: string, generation: number, hits: number) =>
      ({ model, generation, hits, misses: 0 }) as CacheStats['models'][0];
    const rows = byModel([row('a', 1, 5), row('b', 1, 9), row('a', 2, 6)]);
    expect(rows.map(({ model, generation }) => `${model}${generation}`)).toEqual(['a2', 'a1', 'b1']);
  });
});
