/** The benchmark's figures as one markdown table. */
import { readFileSync } from 'node:fs';
import { arch, availableParallelism, cpus, release, totalmem, type } from 'node:os';

const whole = (value) => Math.round(value).toLocaleString('en-US');
const ms = (value) => `${value.toFixed(2)} ms`;
const signedMs = (value) => `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(2)} ms`;
const times = (value) => `${value.toFixed(2)} ×`;

const HEAD = ['measured', 'mock direct', 'bare proxy', 'gateway', 'gateway to bare', 'gateway to direct'];
/** With `--against`. */
const AGAINST = ['other version', 'gateway to other version'];

function rateRow(name, { direct, bare, gateway, against }) {
  const compared = against === undefined ? [] : [whole(against), times(gateway / against)];
  return [
    name,
    direct === undefined ? '' : whole(direct),
    whole(bare),
    whole(gateway),
    times(gateway / bare),
    '',
    ...compared,
  ];
}

function latencyRows(name, rate, { direct, bare, gateway, against }) {
  return ['p50', 'p99'].map((p) => [
    `${name}, ${p} at ${rate}/s`,
    direct ? ms(direct[p]) : '',
    bare ? ms(bare[p]) : '',
    ms(gateway[p]),
    bare ? signedMs(gateway[p] - bare[p]) : '',
    direct ? signedMs(gateway[p] - direct[p]) : '',
    ...(against ? [ms(against[p]), signedMs(gateway[p] - against[p])] : []),
  ]);
}

function costRows({ rps, p50Ms }) {
  return [
    ['misses a second without the ledger', '', '', whole(rps.without)],
    ['what the ledger costs a miss', '', '', `${((1 - rps.with / rps.without) * 100).toFixed(1)} %`],
    ['what it adds to the p50 at 50/s', '', '', signedMs(p50Ms.with - p50Ms.without)],
  ];
}

/** Each figure after some calls, and its difference from the first one. */
function memoryRows(name, figures) {
  const first = figures.find(({ calls }) => calls > 0);
  return figures.map(({ calls, mib }) => {
    const growth =
      calls <= first.calls ? '' : `${((mib / first.mib - 1) * 100).toFixed(1)} % over ${whole(first.calls)} calls`;
    return [
      calls === 0 ? `${name} at rest` : `${name} after ${whole(calls)} calls`,
      '',
      '',
      `${mib.toFixed(1)} MiB`,
      growth,
    ];
  });
}

function line(cells) {
  return `| ${cells.join(' | ')} |`;
}

/** A table of the measured figures. */
export function table(results) {
  const {
    misses,
    hits,
    'redis-hits': redisHits,
    streams,
    latency,
    burst,
    'ledger-cost': cost,
    memory,
    start,
  } = results;
  const rows = [
    ...(misses ? [rateRow('misses a second', misses)] : []),
    ...(hits ? [rateRow('hits a second (bare: same prompt, uncached)', hits)] : []),
    ...(redisHits ? [rateRow('hits from Redis a second (bare: same prompts, uncached)', redisHits)] : []),
    ...(streams ? [rateRow('streams a second', streams)] : []),
    ...(latency ? latencyRows('miss', 50, latency.misses) : []),
    ...(latency ? latencyRows('hit', 50, latency.hits) : []),
    ...(latency ? latencyRows('stream, first byte', 50, latency.streams) : []),
    ...(burst ? latencyRows('hit two seconds after a burst of misses', 200, burst) : []),
    ...(cost ? costRows(cost) : []),
    ...(memory ? memoryRows('RSS', memory.rss) : []),
    ...(memory?.heap ? memoryRows('heap after a full collection,', memory.heap) : []),
    ...(start ? [['first start, spawn to ready', '', '', `${whole(start.first)} ms`]] : []),
    ...(start ? [['second start, spawn to ready', '', '', `${whole(start.second)} ms`]] : []),
  ];
  const head = [misses, hits, streams, latency?.misses, burst].some((figure) => figure?.against !== undefined)
    ? [...HEAD, ...AGAINST]
    : HEAD;
  const padded = rows.map((cells) => head.map((_, at) => cells[at] ?? ''));
  return [head, head.map((_, at) => (at === 0 ? '---' : '---:')), ...padded].map(line).join('\n');
}

/** A line for each call of an endpoint to a vendor. `of passing through` compares with the vendor that speaks the endpoint itself. */
export function endpointsTable(rows) {
  const head = ['endpoint', 'vendor', 'processor time', 'of passing through', 'added p50 at 50/s'];
  const lines = rows.map(({ call, vendor, costUs, ratio, addedMs }) => [
    call,
    vendor,
    costUs === undefined ? '' : `${whole(costUs)} µs`,
    ratio === undefined ? '' : times(ratio),
    signedMs(addedMs),
  ]);
  return [head, head.map((_, at) => (at < 2 ? '---' : '---:')), ...lines].map(line).join('\n');
}

/** The machine in one line. `node` is the version of the measured programs, if it differs from that of this process. */
export function machine(pinned, node = process.version) {
  const model = cpus()[0]?.model.trim() ?? arch();
  const pinning = pinned
    ? 'the server under test alone on core 0, load and mock on core 1'
    : 'processes not pinned (no taskset, or one core), so figures are mixed';
  return `${model}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${type()} ${release()}, Node ${node}; ${pinning}; load average ${loadAverage()}`;
}

function loadAverage() {
  try {
    return readFileSync('/proc/loadavg', 'utf8').split(' ').slice(0, 3).join(' ');
  } catch {
    return 'unknown';
  }
}
