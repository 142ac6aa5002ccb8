import { bodyOf, nameToType, NO_CHOICE, startChoice } from './invalidation';

describe('what is invalidated', () => {
  it('has the members that are chosen, and nothing else', () => {
    expect(bodyOf(NO_CHOICE, 'Asia/Seoul')).toBeUndefined();
    expect(bodyOf({ ...NO_CHOICE, version: '  ' }, 'Asia/Seoul')).toBeUndefined();
    expect(bodyOf({ ...NO_CHOICE, model: 'gpt-4.1', before: '2026-11-01' }, 'Asia/Seoul')).toEqual({
      model: 'gpt-4.1',
      before: '2026-11-01T00:00:00+09:00',
    });
    expect(bodyOf({ ...NO_CHOICE, scope: 'all', model: 'gpt-4.1' }, 'UTC')).toEqual({ all: true });
  });

  it('is of their team for people of one, because the gateway refuses a body without it', () => {
    expect(bodyOf(startChoice('gpt-4.1', 'team_1'), 'UTC')).toEqual({ model: 'gpt-4.1', team_id: 'team_1' });
    expect(bodyOf(startChoice(undefined, undefined), 'UTC')).toBeUndefined();
  });

  it('is typed by name where it reaches far', () => {
    const chosen = { ...NO_CHOICE, model: 'gpt-4.1' };
    expect(nameToType(chosen, 1000, undefined)).toBeUndefined();
    expect(nameToType(chosen, 1001, undefined)).toBe('gpt-4.1');
    expect(nameToType({ ...NO_CHOICE, teamId: 'team_1' }, 5000, '검색')).toBe('검색');
    expect(nameToType({ ...NO_CHOICE, scope: 'all' }, 1, undefined)).toBe('all');
  });
});
