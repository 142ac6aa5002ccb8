import { exclusionOf, filterOf, isExclusion, readUsage, toggled } from './usage-search';

describe('the state of the usage page', () => {
  it('is cost by model and day, without filters', () => {
    expect(readUsage({})).toEqual({ measure: 'cost', groups: ['model'], grain: 'day', filters: {}, isCompared: false });
  });

  it('is read from the address', () => {
    const raw = {
      measure: 'saved',
      by: ['team', 'cache_status'],
      grain: 'week',
      model: ['gpt-4.1', 'team//x'],
      cache_status: 'MISS',
      status: '5xx',
      compare: 'previous',
    };
    expect(readUsage(raw)).toEqual({
      measure: 'saved',
      groups: ['team', 'cache_status'],
      grain: 'week',
      filters: { model: ['gpt-4.1', 'team//x'], cache_status: ['MISS'], status: ['5xx'] },
      isCompared: true,
    });
  });

  it('leaves out what makes no sense', () => {
    const raw = {
      measure: 'joy',
      by: ['model', 'model', 'colour'],
      grain: 'minute',
      cache_status: 'WARM',
      status: '7xx',
      tag: 'a,b',
    };
    expect(readUsage(raw)).toEqual({
      measure: 'cost',
      groups: ['model'],
      grain: 'day',
      filters: {},
      isCompared: false,
    });
  });

  it('gets and loses a value of a filter', () => {
    expect(toggled(undefined, 'a')).toEqual(['a']);
    expect(toggled(['a'], 'b')).toEqual(['a', 'b']);
    expect(toggled(['a'], 'a')).toBeUndefined();
    expect([filterOf('team'), exclusionOf('team')]).toEqual(['teams', 'not_team']);
    expect([isExclusion('not_tag'), isExclusion('tag')]).toEqual([true, false]);
    expect(readUsage({ not_cache_status: ['HIT', 'WARM'] }).filters).toEqual({ not_cache_status: ['HIT'] });
  });
});
