/** Memory over many calls: RSS of the process, and the heap after a full garbage collection. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKey, startGateway } from './gateway.mjs';
import { rssMib, runJson, stop, untilQuiet } from './processes.mjs';

const LOAD = join(import.meta.dirname, 'load.mjs');
const HEAP_REPORT = join(import.meta.dirname, 'heap-report.cjs');
const REST_SECONDS = 5;
/** The journal of a million calls may be long. */
const QUIET_LIMIT_SECONDS = 1_800;
const HEAP_TIMEOUT_MS = 60_000;
/** Full after tens of thousands of responses, so that later growth is not the cache. */
const BOUNDED_CACHE = { CACHE_MEMORY_MB: '16' };
const MIB = 2 ** 20;

/**
 * RSS at rest and after calls with new prompts, each time after five seconds of rest; then, in another process, the heap
 * after a full collection, so that the collection does not affect other figures.
 */
export async function memory(bench) {
  const { rssCalls, heapCalls } = bench.sizes;
  const rss = await afterCalls(bench, 'RSS', [0, ...rssCalls], bench.command, rssMib);
  if (bench.command.standIn) return { rss };
  const file = join(bench.scratch, `heap-${bench.profile}.json`);
  const command = { ...bench.command, args: ['--require', HEAP_REPORT, ...bench.command.args] };
  const withReport = { ...bench, env: { ...bench.env, BENCH_HEAP_FILE: file } };
  const heap = await afterCalls(withReport, 'heap', heapCalls, command, (pid) => heapMib(pid, file));
  return { rss, heap };
}

/** Starts a gateway and measures it after each of the given numbers of calls. */
async function afterCalls(bench, what, totals, command, mibOf) {
  bench.say(`memory, ${what}`);
  const { mock, scratch, env, gatewayCore: core, loadCore } = bench;
  const directory = join(scratch, `memory-${what}-${bench.profile}`);
  const gateway = await startGateway({
    command,
    upstream: mock.url,
    directory,
    core,
    env: { ...BOUNDED_CACHE, ...env },
  });
  const key = await createKey(gateway, command);
  const figures = [];
  let done = 0;
  for (const calls of totals) {
    if (calls > done) {
      const args = ['--url', gateway.url, '--key', key, '--count', String(calls - done)];
      await runJson([LOAD, ...args], { core: loadCore });
      await untilQuiet([gateway.pid], QUIET_LIMIT_SECONDS);
      done = calls;
    }
    await sleep(REST_SECONDS * 1000);
    figures.push({ calls, mib: await mibOf(gateway.pid) });
    bench.say(`  after ${calls} calls: ${figures.at(-1).mib.toFixed(1)} MiB`);
  }
  await stop(gateway.child);
  rmSync(directory, { recursive: true, force: true });
  return figures;
}

/** The used heap and external buffers after a full collection. */
async function heapMib(pid, file) {
  rmSync(file, { force: true });
  process.kill(pid, 'SIGUSR2');
  for (const startedAt = performance.now(); !existsSync(file); await sleep(50))
    if (performance.now() - startedAt > HEAP_TIMEOUT_MS) throw new Error('The gateway did not report its heap.');
  const { heapUsed, external } = JSON.parse(readFileSync(file, 'utf8'));
  return (heapUsed + external) / MIB;
}
