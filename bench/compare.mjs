/**
 * `node bench/compare.mjs --variant before=<checkout> --variant after=.`: CPU time per call of built checkouts, alternately in
 * one run: of all threads of each gateway, and of the thread of the event loop alone, which is without the embedded database.
 * Unlike calls per second, it is little affected by other programs on the machine.
 *
 *   --variant <name>=<checkout>[,<flag of Node>…]   two or more; the checkout `bare` is the bare proxy
 *   --node <binary>         the Node that runs the gateways (default: this one)
 *   --only misses,hits,streams
 *   --calls 20000 --rounds 5 --connections 16
 *
 * With BENCH_DATABASE_URLS, a comma-separated list of one empty PostgreSQL per variant, the ledger is there.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { createKey, startGateway } from './gateway.mjs';
import { cpuSeconds, killAll, mainThreadSeconds, runJson, startServer, untilQuiet } from './processes.mjs';
import { median } from './scenarios.mjs';

const { values } = parseArgs({
  options: {
    variant: { type: 'string', multiple: true, default: [] },
    node: { type: 'string', default: process.execPath },
    only: { type: 'string', default: 'misses,hits,streams' },
    calls: { type: 'string', default: '20000' },
    rounds: { type: 'string', default: '5' },
    connections: { type: 'string', default: '16' },
  },
});
const LOADS = { misses: [], hits: ['--prompt', 'same'], streams: ['--stream'] };
const [calls, rounds] = [Number(values.calls), Number(values.rounds)];
const databases = process.env.BENCH_DATABASE_URLS?.split(',') ?? [];
const scratch = mkdtempSync(join(tmpdir(), 'thriftgate-bench-'));
const say = (line) => process.stdout.write(`${line}\n`);

async function startVariant(text, at, upstream) {
  const [name, checkout] = text.split(/=(.*)/s);
  if (checkout === 'bare') {
    const options = { node: resolve(values.node), env: { UPSTREAM: `${upstream}/v1` } };
    return { name, key: 'bench', ...(await startServer([join(import.meta.dirname, 'bare-proxy/main.mjs')], options)) };
  }
  const [root, ...flags] = checkout.split(',');
  const command = { node: resolve(values.node), args: [...flags, join(resolve(root), 'dist/src/main.js')] };
  const env = databases[at] ? { DATABASE_URL: databases[at] } : {};
  const gateway = await startGateway({ command, upstream, directory: join(scratch, name), env });
  return { name, ...gateway, key: await createKey(gateway, command) };
}

/** CPU microseconds per call, including the delayed work of the calls: of all threads, and of the event loop. */
async function costUs({ url, key, pid }, load, count) {
  const [allBefore, mainBefore] = [cpuSeconds(pid), mainThreadSeconds(pid)];
  const args = ['--url', url, '--key', key, '--connections', values.connections, '--count', String(count), ...load];
  const { statuses } = await runJson([join(import.meta.dirname, 'load.mjs'), ...args]);
  if (Object.keys(statuses).join() !== '200') throw new Error(`Calls failed: ${JSON.stringify(statuses)}`);
  await untilQuiet([pid]);
  const perCall = (seconds) => (seconds / count) * 1e6;
  return { all: perCall(cpuSeconds(pid) - allBefore), main: perCall(mainThreadSeconds(pid) - mainBefore) };
}

function described(part, each, first) {
  const figures = each.map((cost) => cost[part]);
  const range = `${Math.min(...figures).toFixed(0)} to ${Math.max(...figures).toFixed(0)}`;
  const ratio = median(figures.map((figure, round) => figure / first[round][part]));
  const threads = part === 'all' ? 'all threads' : 'event loop';
  return `${threads} ${median(figures).toFixed(0)} µs per call (${range}), ${ratio.toFixed(3)} ×`;
}

async function main() {
  if (values.variant.length < 2)
    throw new Error('Name two or more builds: --variant before=../before --variant after=.');
  const mock = await startServer([join(import.meta.dirname, 'mock-upstream.mjs')]);
  const variants = [];
  for (const [at, text] of values.variant.entries()) variants.push(await startVariant(text, at, mock.url));
  for (const load of values.only.split(',')) {
    for (const variant of variants) await costUs(variant, LOADS[load], calls / 2);
    const costs = Object.fromEntries(variants.map(({ name }) => [name, []]));
    for (let round = 0; round < rounds; round += 1)
      for (const variant of round % 2 === 0 ? variants : variants.toReversed())
        costs[variant.name].push(await costUs(variant, LOADS[load], calls));
    for (const [name, each] of Object.entries(costs))
      say(
        `${load} ${name}: ${['all', 'main'].map((part) => described(part, each, costs[variants[0].name])).join('; ')}`,
      );
  }
}

process.once('exit', () => {
  killAll();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.once(signal, () => process.exit(code));
}
await main().then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`compare: ${error.message}\n`);
    process.exit(1);
  },
);
