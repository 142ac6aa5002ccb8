import type { ApiKey, UsageReport } from '@thriftgate/contracts';
import { isChangeable, isShown, KEY_FILTERS, keyRows, stateOf } from './key-rows';

const NOW = Date.parse('2026-11-27T12:00:00Z');
const inDays = (days: number) => new Date(NOW + days * 86_400_000).toISOString();

const key = (members: Partial<ApiKey> = {}): ApiKey => ({
  id: 'key_1',
  prefix: 'sk-tg-aaaa',
  name: 'a',
  team_id: 'team_1',
  role: 'member',
  models: null,
  rpm_limit: null,
  batch_lines_count: false,
  default_max_tokens: null,
  expires_at: null,
  cache: null,
  created_at: inDays(-100),
  managed: false,
  replaced_by: null,
  revoked_at: null,
  ...members,
});
const report = (data: object[]) => ({ data }) as UsageReport;

describe('the rows of keys', () => {
  it.each([
    [{}, 'active'],
    [{ expires_at: inDays(15) }, 'active'],
    [{ expires_at: inDays(14) }, 'expiring'],
    [{ expires_at: inDays(0) }, 'expired'],
    [{ expires_at: inDays(1), replaced_by: 'key_2' }, 'replaced'],
    [{ expires_at: inDays(-1), revoked_at: inDays(-2) }, 'revoked'],
  ] as const)('say what a key is: %j is %s', (members, state) => {
    expect(stateOf(key(members), NOW)).toBe(state);
  });

  it('have the cost of the period and the last day of use, which wait for their reports', () => {
    const keys = [key(), key({ id: 'key_2' })];
    const period = report([{ key: 'key_1', cost_usd: '0.30', requests: 3 }]);
    const days = report([
      { key: 'key_1', day: '2026-11-20' },
      { key: 'key_1', day: '2026-11-25' },
      { key: 'key_1', day: '2026-11-24' },
    ]);
    expect(
      keyRows(keys, period, days, NOW).map(({ costUsd, requests, lastDay }) => [costUsd, requests, lastDay]),
    ).toEqual([
      ['0.30', 3, '2026-11-25'],
      ['0', 0, null],
    ]);
    expect(keyRows(keys)[0]).toMatchObject({ costUsd: undefined, lastDay: undefined });
  });

  it.each([
    ['team_admin', {}, true],
    ['team_admin', { role: 'team_admin' }, true],
    ['team_admin', { role: 'platform_admin' }, false],
    ['team_admin', { role: 'auditor' }, false],
    ['platform_admin', { role: 'platform_admin' }, true],
    ['platform_admin', { managed: true }, false],
    ['platform_admin', { revoked_at: inDays(-1) }, false],
    ['member', {}, false],
  ] as const)('can be changed by a %s with %j: %s', (role, members, can) => {
    const [row] = keyRows([key(members)], undefined, undefined, NOW);
    expect(row && isChangeable(row, role)).toBe(can);
  });

  it('are in the filters that they belong to', () => {
    const filtersOf = (members: Partial<ApiKey>, lastDay: string | null | undefined) => {
      const row = { key: key(members), state: stateOf(key(members), NOW), costUsd: '0', requests: 0, lastDay };
      return KEY_FILTERS.filter((filter) => isShown(row, filter, NOW));
    };
    expect(filtersOf({}, '2026-11-25')).toEqual(['active']);
    expect(filtersOf({}, null)).toEqual(['active', 'unused']);
    expect(filtersOf({}, undefined)).toEqual(['active']);
    expect(filtersOf({ created_at: inDays(-89) }, null)).toEqual(['active']);
    expect(filtersOf({ expires_at: inDays(3) }, '2026-11-25')).toEqual(['active', 'expiring']);
    expect(filtersOf({ revoked_at: inDays(-1) }, null)).toEqual(['revoked']);
    expect(filtersOf({ expires_at: inDays(-1) }, null)).toEqual(['revoked']);
  });
});
