import { bucketOf, packLatencies } from '../../ledger/sums/latency';
import type { DeploymentError, HourSums, WindowSums } from './deployment-health.repository';
import { healthOf } from './health-windows';

const NOW = new Date('2026-11-23T09:20:00Z');
const NONE: WindowSums = { attempts: 0, failures: 0, rateLimited: 0, latency: '0' };

const sums = (attempts: number, failures = 0, latencyMs?: number): WindowSums => ({
  attempts,
  failures,
  rateLimited: failures,
  latency: latencyMs === undefined ? '0' : packLatencies(new Map([[bucketOf(latencyMs), attempts - failures]])),
});
const hour = (deployment: string, at: string, all: WindowSums, members: Partial<HourSums> = {}): HourSums => ({
  deployment,
  hour: new Date(`2026-11-${at}:00:00Z`),
  all,
  last1h: NONE,
  last5m: NONE,
  ...members,
});
const error = (deployment: string, at: string): DeploymentError => ({
  deployment,
  code: 'server_error',
  status: 500,
  message: `of ${deployment}`,
  request_id: '01K',
  at: new Date(at),
});

describe('health', () => {
  it('is the sum of hours and deployments, with latencies as percentiles', () => {
    const hours = [
      hour('a/x', '23T09', sums(10, 1, 100), { last1h: sums(10, 1, 100), last5m: sums(2, 1, 100) }),
      hour('a/x', '23T08', sums(90, 0, 1_000), { last1h: sums(30, 0, 1_000) }),
      hour('a/y', '23T09', sums(20, 4, 2_000)),
    ];
    const health = healthOf(hours, [], NOW);
    expect(health.last_24h).toMatchObject({ requests: 120, failures: 5, rate_limited: 5, success_rate: 115 / 120 });
    expect(health.last_1h).toMatchObject({ requests: 40, failures: 1, success_rate: 39 / 40 });
    expect(health.last_5m).toMatchObject({ requests: 2, failures: 1, success_rate: 0.5 });
    expect(health.last_1h.latency_p50_ms).toBeGreaterThanOrEqual(1_000);
    expect(health.last_1h.latency_p50_ms).toBeLessThan(1_200);
    expect(health.last_5m.latency_p95_ms).toBeGreaterThanOrEqual(100);
    expect(health.last_5m.latency_p95_ms).toBeLessThan(120);
    expect(health.last_24h.latency_p95_ms).toBeGreaterThanOrEqual(2_000);
    expect(health.last_24h.latency_p95_ms).toBeLessThan(2_400);
  });

  it('without calls is not known', () => {
    const health = healthOf([], [], NOW);
    const nothing = { requests: 0, failures: 0, rate_limited: 0 };
    const unknown = { success_rate: null, latency_p50_ms: null, latency_p95_ms: null };
    expect(health.last_5m).toEqual({ ...nothing, ...unknown });
    expect(health.last_error).toBeNull();
  });

  it('is no less than 0 where a stream broke off in a later minute than it began', () => {
    const broken = hour('a/x', '23T09', sums(1), { last5m: { ...NONE, attempts: 1, failures: 3 } });
    expect(healthOf([broken], [], NOW).last_5m.success_rate).toBe(0);
  });

  it('has the last 24 hours one by one, the present one last, also those without calls', () => {
    const { hours } = healthOf(
      [hour('a/x', '23T09', sums(3, 1)), hour('a/y', '23T09', sums(4)), hour('a/x', '22T10', sums(7, 2))],
      [],
      NOW,
    );
    expect(hours).toHaveLength(24);
    expect(hours[0]).toEqual({ hour: '2026-11-22T10:00:00.000Z', requests: 7, failures: 2 });
    expect(hours.at(-1)).toEqual({ hour: '2026-11-23T09:00:00.000Z', requests: 7, failures: 1 });
    expect(hours.slice(1, -1).every(({ requests }) => requests === 0)).toBe(true);
  });

  it('has the latest error', () => {
    const errors = [error('a/x', '2026-11-23T08:00:00Z'), error('a/y', '2026-11-23T09:00:00Z')];
    expect(healthOf([], errors, NOW).last_error).toEqual({
      code: 'server_error',
      status: 500,
      message: 'of a/y',
      request_id: '01K',
      at: '2026-11-23T09:00:00.000Z',
    });
  });
});
