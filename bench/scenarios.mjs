/** The scenarios: each gets the bench and returns plain figures. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKey, startGateway } from './gateway.mjs';
import { cpuSeconds, runJson, stop, untilQuiet } from './processes.mjs';

const LOAD = join(import.meta.dirname, 'load.mjs');
const WITHOUT_LEDGER = join(import.meta.dirname, 'without-ledger.cjs');
/** The time between a burst of misses and the hits after it. */
const REST_AFTER_BURST_SECONDS = 2;
const HITS_AFTER_BURST_A_SECOND = 200;
/** Several times as many as fit into 1 MiB. */
const PROMPTS_BEYOND_MEMORY = 3_000;

export function median(values) {
  const sorted = values.toSorted((left, right) => left - right);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** One run of the load generator against one target; throws if calls failed. */
async function load(bench, name, args) {
  const target = bench.targets[name];
  const { seconds, warmupSeconds } = bench.sizes;
  const defaults = ['--seconds', seconds, '--warmup', warmupSeconds, '--url', target.url, '--key', target.key];
  const busyBefore = cpuSeconds(target.pid);
  const mockBefore = cpuSeconds(bench.mock.pid);
  const startedAt = performance.now();
  const report = await runJson([LOAD, ...defaults.map(String), ...args], { core: bench.loadCore });
  const wallSeconds = (performance.now() - startedAt) / 1000;
  report.busy = (cpuSeconds(target.pid) - busyBefore) / wallSeconds;
  report.loadBusy = (cpuSeconds(bench.mock.pid) - mockBefore + report.cpuSeconds) / wallSeconds;
  const failed = Object.entries(report.statuses).filter(([status]) => status !== '200');
  if (failed.length > 0) throw new Error(`${name}: calls failed: ${JSON.stringify(report.statuses)}`);
  return report;
}

/** Rounds of the same load, alternately against each target; returns the reports by target. */
async function alternate(bench, names, args) {
  const reports = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 1; round <= bench.sizes.rounds; round += 1) {
    // The order alternates, so that no target always runs after the same other one.
    for (const name of round % 2 === 1 ? names : names.toReversed()) {
      const endedAt = performance.now();
      await untilQuiet(names.map((each) => bench.targets[each].pid));
      const behindSeconds = (performance.now() - endedAt) / 1000;
      if (behindSeconds > 1.5) bench.say(`    ${behindSeconds.toFixed(1)} s until the ledger had all rows`);
      const report = await load(bench, name, args);
      reports[name].push(report);
      bench.say(`  round ${round} ${name}: ${describe(report)}`);
    }
  }
  return reports;
}

function describe({ rps, latencyMs, firstByteMs, busy, loadBusy, cacheStatuses }) {
  const latencies = `p50 ${latencyMs.p50} ms, p99 ${latencyMs.p99} ms, first byte p50 ${firstByteMs.p50} ms`;
  const cores = `${(busy * 100).toFixed(0)} % of a core (load and mock ${(loadBusy * 100).toFixed(0)} %)`;
  return `${rps.toFixed(0)}/s, ${latencies}, ${cores}, cache ${JSON.stringify(cacheStatuses)}`;
}

/** Checks that figures for hits are from hits, and figures for misses from misses. */
function expectCache(bench, reports, expected) {
  for (const { calls, cacheStatuses } of bench.command.standIn ? [] : reports) {
    const share = (cacheStatuses[expected] ?? 0) / calls;
    if (share < 0.99) bench.say(`  WARNING: only ${(share * 100).toFixed(1)} % of these calls were a ${expected}`);
  }
}

/** The alternating targets: the gateway, and the other version of `--against`, on the same machine. */
const versions = (bench) => (bench.targets.against ? ['gateway', 'against'] : ['gateway']);

const rpsOf = (reports) => median(reports.map(({ rps }) => rps));

/** The medians of percentiles over rounds. */
const latencyOf = (member) => (reports) => {
  const percentile = (p) => median(reports.map((report) => report[member][p]));
  return { p50: percentile('p50'), p99: percentile('p99') };
};

/** One figure of each measured target. */
const byTarget = (reports, figureOf) =>
  Object.fromEntries(Object.entries(reports).map(([name, rounds]) => [name, figureOf(rounds)]));

/** Closed loop, every prompt new. The mock itself is measured once, to show that it is not the bottleneck. */
export async function misses(bench) {
  bench.say('misses, closed loop');
  const mock = await load(bench, 'direct', []);
  const reports = await alternate(bench, ['bare', ...versions(bench)], []);
  expectCache(bench, reports.gateway, 'MISS');
  return { direct: mock.rps, ...byTarget(reports, rpsOf) };
}

/** Closed loop, one prompt; against the bare proxy's rate for the same prompt, which it cannot cache. */
export async function hits(bench) {
  bench.say('hits, closed loop');
  const reports = await alternate(bench, ['bare', ...versions(bench)], ['--prompt', 'same']);
  expectCache(bench, reports.gateway, 'HIT');
  return byTarget(reports, rpsOf);
}

/** Hits at a steady rate, two seconds after a burst of misses, whose remaining work must not delay them. */
export async function burst(bench) {
  bench.say(`hits ${REST_AFTER_BURST_SECONDS} s after a burst of misses, ${HITS_AFTER_BURST_A_SECOND} a second`);
  const reports = Object.fromEntries(versions(bench).map((name) => [name, []]));
  for (let round = 1; round <= bench.sizes.rounds; round += 1) {
    for (const name of Object.keys(reports)) {
      await untilQuiet([bench.targets[name].pid]);
      await load(bench, name, ['--prompt', 'same', '--connections', '1', '--count', '1']);
      await load(bench, name, ['--warmup', '0']);
      await sleep(REST_AFTER_BURST_SECONDS * 1000);
      const hitsOnly = ['--prompt', 'same', '--warmup', '0', '--rate', String(HITS_AFTER_BURST_A_SECOND)];
      const report = await load(bench, name, hitsOnly);
      reports[name].push(report);
      bench.say(`  round ${round} ${name}: ${describe(report)}, worst ${report.latencyMs.max} ms`);
    }
  }
  expectCache(bench, reports.gateway, 'HIT');
  return byTarget(reports, latencyOf('latencyMs'));
}

/** Misses with and without the journal and the ledger, closed loop and at 50 per second. */
export async function ledgerCost(bench) {
  if (bench.command.standIn) return undefined;
  bench.say('misses with and without the ledger');
  const { mock, scratch, env, gatewayCore: core } = bench;
  const targets = {};
  for (const [name, flags] of Object.entries({ gateway: [], without: ['--require', WITHOUT_LEDGER] })) {
    const command = { ...bench.command, args: [...flags, ...bench.command.args] };
    const directory = join(scratch, `ledger-${name}-${bench.profile}`);
    const gateway = await startGateway({ command, upstream: mock.url, directory, core, env });
    targets[name] = { ...gateway, key: await createKey(gateway, command) };
  }
  const own = { ...bench, targets: { ...targets, bare: targets.without } };
  const closed = await alternate(own, Object.keys(targets), []);
  const open = await alternate(own, Object.keys(targets), ['--rate', '50']);
  for (const { child } of Object.values(targets)) await stop(child);
  const p50Of = (name) => median(open[name].map(({ latencyMs }) => latencyMs.p50));
  return {
    rps: { with: rpsOf(closed.gateway), without: rpsOf(closed.without) },
    p50Ms: { with: p50Of('gateway'), without: p50Of('without') },
  };
}

/** Closed loop, with more prompts in rotation than fit into memory, so that every hit is from Redis. */
export async function redisHits(bench) {
  if (!bench.env.REDIS_URL) return undefined;
  bench.say('hits from Redis, closed loop');
  const { command, mock, bare, scratch, gatewayCore: core } = bench;
  const directory = join(scratch, `redis-hits-${bench.profile}`);
  const env = { ...bench.env, CACHE_MEMORY_MB: '1' };
  const gateway = await startGateway({ command, upstream: mock.url, directory, core, env });
  const key = await createKey(gateway, command);
  const own = { ...bench, targets: { bare: { ...bare, key }, gateway: { ...gateway, key } } };
  const prompts = ['--prompt', String(PROMPTS_BEYOND_MEMORY)];
  await load(own, 'gateway', [...prompts, '--count', String(PROMPTS_BEYOND_MEMORY)]);
  const reports = await alternate(own, ['bare', 'gateway'], prompts);
  expectCache(own, reports.gateway, 'HIT');
  await stop(gateway.child);
  rmSync(directory, { recursive: true, force: true });
  return { bare: rpsOf(reports.bare), gateway: rpsOf(reports.gateway) };
}

/** Closed loop, streams of new prompts. */
export async function streams(bench) {
  bench.say('streams, closed loop');
  const mock = await load(bench, 'direct', ['--stream']);
  const reports = await alternate(bench, ['bare', ...versions(bench)], ['--stream']);
  expectCache(bench, reports.gateway, 'MISS');
  return { direct: mock.rps, ...byTarget(reports, rpsOf) };
}

/** Open loop, 50 calls per second: the latency without saturation. */
export async function latency(bench) {
  const targets = ['direct', 'bare', ...versions(bench)];
  const measure = async (title, args, member) => {
    bench.say(`${title}, 50 a second`);
    const reports = await alternate(bench, targets, ['--rate', '50', ...args]);
    expectCache(bench, reports.gateway, args.includes('same') ? 'HIT' : 'MISS');
    return byTarget(reports, latencyOf(member));
  };
  return {
    misses: await measure('latency of misses', [], 'latencyMs'),
    hits: await measure('latency of hits', ['--prompt', 'same'], 'latencyMs'),
    streams: await measure('first byte of streams', ['--stream'], 'firstByteMs'),
  };
}

/** From spawn to ready, on all cores as for a user: with an empty directory, and with the data of the first start. */
export async function start(bench) {
  bench.say('start');
  const { command, mock, scratch, env, sizes } = bench;
  const first = [];
  const second = [];
  for (let round = 0; round < sizes.rounds; round += 1) {
    const directory = join(scratch, `start-${bench.profile}-${round}`);
    for (const times of [first, second]) {
      const gateway = await startGateway({ command, upstream: mock.url, directory, env });
      times.push(gateway.startMs);
      await stop(gateway.child);
    }
    bench.say(`  round ${round + 1}: first ${first.at(-1).toFixed(0)} ms, second ${second.at(-1).toFixed(0)} ms`);
    rmSync(directory, { recursive: true, force: true });
  }
  return { first: median(first), second: median(second) };
}
