import type { UpstreamHealth } from '@thriftgate/contracts';
import { addLatencies, latencyPercentile, type LatencyCounts, readLatencies } from '../../ledger/sums/latency';
import type { DeploymentError, HourSums, WindowSums } from './deployment-health.repository';

const HOURS = 24;
const HOUR_MS = 3_600_000;

/** The health of one or several deployments. @param hours their sums @param errors their last failures */
export function healthOf(hours: readonly HourSums[], errors: readonly DeploymentError[], now: Date): UpstreamHealth {
  return {
    last_5m: windowOf(hours.map(({ last5m }) => last5m)),
    last_1h: windowOf(hours.map(({ last1h }) => last1h)),
    last_24h: windowOf(hours.map(({ all }) => all)),
    hours: hourlyCounts(hours, now),
    last_error: lastOf(errors),
  };
}

function windowOf(sums: readonly WindowSums[]): UpstreamHealth['last_5m'] {
  const requests = total(sums, ({ attempts }) => attempts);
  const failures = total(sums, (each) => each.failures);
  const latencies = sums.map(({ latency }) => readLatencies(latency)).reduce<LatencyCounts>(addLatencies, []);
  return {
    requests,
    failures,
    rate_limited: total(sums, ({ rateLimited }) => rateLimited),
    // The failure of a stream that broke off may be in a later minute than its attempt.
    success_rate: requests === 0 ? null : Math.max(0, (requests - failures) / requests),
    latency_p50_ms: latencyPercentile(latencies, 0.5),
    latency_p95_ms: latencyPercentile(latencies, 0.95),
  };
}

function hourlyCounts(hours: readonly HourSums[], now: Date): UpstreamHealth['hours'] {
  const lastMs = Math.floor(now.getTime() / HOUR_MS) * HOUR_MS;
  return Array.from({ length: HOURS }, (_, index) => {
    const hourMs = lastMs - (HOURS - 1 - index) * HOUR_MS;
    const within = hours.filter(({ hour }) => hour.getTime() === hourMs).map(({ all }) => all);
    return {
      hour: new Date(hourMs).toISOString(),
      requests: total(within, ({ attempts }) => attempts),
      failures: total(within, ({ failures }) => failures),
    };
  });
}

function lastOf(errors: readonly DeploymentError[]): UpstreamHealth['last_error'] {
  const [last] = errors.toSorted((a, b) => b.at.getTime() - a.at.getTime());
  if (!last) return null;
  const { code, status, message, request_id, at } = last;
  return { code, status, message, request_id, at: at.toISOString() };
}

function total(sums: readonly WindowSums[], pick: (each: WindowSums) => number): number {
  return sums.reduce((sum, each) => sum + pick(each), 0);
}
