import { grainFor, ROLLUP_LEVELS, type RollupDimension } from './rollup-levels';

describe('grainFor', () => {
  it.each<[RollupDimension[], string, string]>([
    [[], 'hour by model', 'day by model'],
    [['cache_status', 'saved_by'], 'hour by model', 'day by model'],
    [['team_id', 'model'], 'hour by account', 'day by team'],
    [['team_id', 'provider'], 'hour by team', 'day by team'],
    [['key_id'], 'hour by caller', 'day by manner'],
    [['tags'], 'hour by tags', 'day by key_tag'],
    [['key_id', 'cache_status'], 'hour', 'day by key'],
    [['key_id', 'tags'], 'hour', 'day by key_tag'],
    [['tags', 'model'], 'hour', 'day by tag'],
    [['tags', 'key_id', 'model'], 'hour', 'day'],
    [['key_id', 'model', 'stream', 'batch'], 'hour', 'day by manner'],
  ])('takes the coarsest rows that keep %j apart: %s, %s', (apart, hourly, daily) => {
    expect(grainFor('hour', apart)).toBe(hourly);
    expect(grainFor('day', apart)).toBe(daily);
  });
});

describe('each level of the roll-ups', () => {
  it('is summed from a finer one that stands before it', () => {
    for (const [index, { of, keeps }] of ROLLUP_LEVELS.entries()) {
      const finer = ROLLUP_LEVELS.findIndex(({ name }) => name === of);
      expect(finer).toBeLessThan(index);
      if (finer >= 0) expect(ROLLUP_LEVELS[finer]?.keeps).toEqual(expect.arrayContaining([...keeps]));
    }
  });
});
