import { grainFor, ROLLUP_LEVELS, type RollupDimension } from './rollup-levels';

describe('grainFor', () => {
  it.each<[RollupDimension[], (string | undefined)[]]>([
    [[], ['hour by model', 'six_hours by model', 'day by model']],
    [
      ['cache_status', 'saved_by'],
      ['hour by model', 'six_hours by model', 'day by model'],
    ],
    [['team_id'], ['hour by team_only', 'six_hours by team_only', 'day by team_only']],
    [
      ['team_id', 'model'],
      ['hour by account', 'six_hours by account', 'day by account'],
    ],
    [
      ['team_id', 'provider'],
      ['hour by team', undefined, 'day by team'],
    ],
    [
      ['team_id', 'model', 'saved_by', 'stream', 'batch'],
      ['hour', undefined, 'day by traffic'],
    ],
    [['key_id'], ['hour by caller', 'six_hours by caller', 'day by caller']],
    [['tags'], ['hour by model_tag', undefined, 'day by model_tag']],
    [
      ['team_id', 'tags'],
      ['hour by tags', undefined, 'day by key_tag'],
    ],
    [
      ['key_id', 'cache_status'],
      ['hour', undefined, 'day by key'],
    ],
    [
      ['key_id', 'model'],
      ['hour', undefined, 'day by key_model'],
    ],
    [
      ['key_id', 'tags'],
      ['hour', undefined, 'day by key_tag'],
    ],
    [
      ['tags', 'provider'],
      ['hour', undefined, 'day by tag'],
    ],
    [
      ['tags', 'key_id', 'model'],
      ['hour', undefined, 'day by names'],
    ],
  ])('takes the coarsest rows that keep %j apart: %j', (apart, grains) => {
    expect((['hour', 'six_hours', 'day'] as const).map((unit) => grainFor(unit, apart))).toEqual(grains);
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
