/** The benchmark's figures as one markdown table. */
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';

const whole = (value) => Math.round(value).toLocaleString('en-US');
const ms = (value) => `${value.toFixed(2)} ms`;
const signedMs = (value) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)} ms`;
const times = (value) => `${value.toFixed(2)} ×`;

const HEAD = ['measured', 'mock direct', 'bare proxy', 'gateway', 'gateway to bare', 'gateway to direct'];

function rateRow(name, { direct, bare, gateway }) {
  return [name, direct === undefined ? '' : whole(direct), whole(bare), whole(gateway), times(gateway / bare), ''];
}

function latencyRows(name, { direct, bare, gateway }) {
  return ['p50', 'p99'].map((p) => [
    `${name}, ${p} at 50/s`,
    ms(direct[p]),
    ms(bare[p]),
    ms(gateway[p]),
    signedMs(gateway[p] - bare[p]),
    signedMs(gateway[p] - direct[p]),
  ]);
}

function afterBurstRows(figures) {
  return ['p50', 'p99'].map((p) => [`hit, ${p} at 50/s in the 5 s after a burst`, '', '', ms(figures[p]), '', '']);
}

function costRows({ rps, p50Ms }) {
  return [
    ['misses a second without the ledger', '', '', whole(rps.without), '', ''],
    ['what the ledger costs a miss', '', '', `${((1 - rps.with / rps.without) * 100).toFixed(1)} %`, '', ''],
    ['what it adds to the p50 at 50/s', '', '', signedMs(p50Ms.with - p50Ms.without), '', ''],
  ];
}

function memoryRows(figures) {
  return figures.map(({ calls, mib }, at) => {
    const growth =
      at < 2 ? '' : `${((mib / figures[1].mib - 1) * 100).toFixed(1)} % over ${whole(figures[1].calls)} calls`;
    return [calls === 0 ? 'RSS at rest' : `RSS after ${whole(calls)} calls`, '', '', `${whole(mib)} MiB`, growth, ''];
  });
}

function line(cells) {
  return `| ${cells.join(' | ')} |`;
}

/** A table of whatever was measured. */
export function table({
  misses,
  hits,
  'redis-hits': redisHits,
  streams,
  latency,
  'after-burst': afterBurst,
  'ledger-cost': cost,
  memory,
  start,
}) {
  const rows = [
    ...(misses ? [rateRow('misses a second', misses)] : []),
    ...(hits ? [rateRow('hits a second (bare: same prompt, uncached)', hits)] : []),
    ...(redisHits ? [rateRow('hits from Redis a second (bare: same prompts, uncached)', redisHits)] : []),
    ...(streams ? [rateRow('streams a second', streams)] : []),
    ...(latency ? latencyRows('miss', latency.misses) : []),
    ...(latency ? latencyRows('hit', latency.hits) : []),
    ...(latency ? latencyRows('stream, first byte', latency.streams) : []),
    ...(afterBurst ? afterBurstRows(afterBurst) : []),
    ...(cost ? costRows(cost) : []),
    ...(memory ? memoryRows(memory) : []),
    ...(start ? [['first start, spawn to ready', '', '', `${whole(start.first)} ms`, '', '']] : []),
    ...(start ? [['second start, spawn to ready', '', '', `${whole(start.second)} ms`, '', '']] : []),
  ];
  return [line(HEAD), line(['---', '---:', '---:', '---:', '---:', '---:']), ...rows.map(line)].join('\n');
}

/** The machine, in a line. */
export function machine(pinned) {
  const model = cpus()[0]?.model.trim() ?? arch();
  const pinning = pinned
    ? 'the server under test alone on core 0, load and mock on core 1'
    : 'processes not pinned (no taskset, or one core), so figures are mixed';
  return `${model}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}, Node ${process.version}; ${pinning}; load average ${loadAverage()}`;
}

function loadAverage() {
  try {
    return readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
  } catch {
    return 'unknown';
  }
}
