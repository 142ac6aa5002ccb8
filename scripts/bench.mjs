/**
 * `npm run bench`: compares the gateway with a bare Nest + Fastify + undici proxy, on the same mock upstream, in one run.
 *
 *   --only misses,hits,streams,latency,burst,endpoints,redis-hits,ledger-cost,memory,start   a part of it
 *   --quick                                           short rounds: checks that everything runs, with rough figures
 *   --rounds 3, --gap 0, --ttft 0                     rounds per figure; ms between the mock's chunks and before its first
 *   --node <program>                                  the Node of the gateway and the bare proxy
 *   --against <dist>                                  another build of the gateway, measured alternately with this one
 *   --stand-in <file>                                 measures this Node program (it gets PORT and UPSTREAM) instead of the gateway
 *
 * With BENCH_DATABASE_URL or BENCH_REDIS_URL (empty stores) that profile is measured after the embedded one.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { createKey, startGateway } from '../bench/gateway.mjs';
import { canPin, killAll, startServer, stop } from '../bench/processes.mjs';
import { endpointsTable, machine, table } from '../bench/report.mjs';
import { memory } from '../bench/memory.mjs';
import { endpoints } from '../bench/vendors/endpoints.mjs';
import { burst, hits, latency, ledgerCost, misses, redisHits, start, streams } from '../bench/scenarios.mjs';

/** Scenarios that share one running gateway, and scenarios that start one. */
const SHARED = { misses, hits, streams, latency, burst };
const OWN = { endpoints, 'redis-hits': redisHits, 'ledger-cost': ledgerCost, memory, start };
const SCENARIOS = Object.keys({ ...SHARED, ...OWN });
const root = join(import.meta.dirname, '..');
const { values } = parseArgs({
  options: {
    only: { type: 'string', default: SCENARIOS.join(',') },
    quick: { type: 'boolean', default: false },
    rounds: { type: 'string' },
    gap: { type: 'string', default: '0' },
    ttft: { type: 'string', default: '0' },
    node: { type: 'string', default: process.execPath },
    against: { type: 'string' },
    'stand-in': { type: 'string' },
  },
});
const only = values.only.split(',');
const unknown = only.filter((name) => !SCENARIOS.includes(name));
if (unknown.length > 0) throw new Error(`Unknown scenario: ${unknown.join(', ')}. Known: ${SCENARIOS.join(', ')}.`);

const sizes = values.quick
  ? { rounds: 1, seconds: 3, warmupSeconds: 1, calls: 3_000, rssCalls: [4_000, 20_000], heapCalls: [4_000, 8_000] }
  : {
      rounds: 3,
      seconds: 10,
      warmupSeconds: 3,
      calls: 5_000,
      rssCalls: [100_000, 1_000_000],
      heapCalls: [100_000, 200_000, 300_000],
    };
if (values.rounds !== undefined) sizes.rounds = Number(values.rounds);

const node = resolve(values.node);
const nodeVersion = spawnSync(node, ['--version'], { encoding: 'utf8' }).stdout.trim();
const command = values['stand-in']
  ? { node, args: [resolve(values['stand-in'])], standIn: true }
  : { node, args: [join(root, 'dist/src/main.js')], standIn: false };
const GATEWAY_CORE = 0;
const LOAD_CORE = 1;

const say = (line) => process.stdout.write(`${line}\n`);
const scratch = mkdtempSync(join(tmpdir(), 'thriftgate-bench-'));
process.once('exit', () => {
  killAll();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});
for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
  process.once(signal, () => process.exit(code));
}

function profiles() {
  const { BENCH_DATABASE_URL: database, BENCH_REDIS_URL: redis } = process.env;
  // Two versions cannot share tables.
  if (values.against && (database || redis)) throw new Error('--against measures the embedded profile only.');
  const withWhat = [database && 'PostgreSQL', redis && 'Redis'].filter(Boolean).join(' and ');
  const production = { DATABASE_URL: database, REDIS_URL: redis };
  return [['embedded', {}], ...(withWhat === '' ? [] : [[withWhat, production]])];
}

/** The start of another build: with the Node flags of its version, if its scripts are beside it. */
async function commandOf(dist) {
  const flags = resolve(dist, '../scripts/node-flags.mjs');
  const { NODE_FLAGS: own } = existsSync(flags) ? await import(pathToFileURL(flags).href) : { NODE_FLAGS: [] };
  return { node, args: [...own, resolve(dist, 'src/main.js')], standIn: false };
}

async function measure(profile, env, mock, bare) {
  say(`\n# ${profile}`);
  const bench = { profile: profile.replaceAll(' ', '-'), env, mock, bare, command, sizes, scratch, say };
  Object.assign(bench, { gatewayCore: GATEWAY_CORE, loadCore: LOAD_CORE });
  const results = {};
  const run = async (group) => {
    for (const [name, scenario] of Object.entries(group))
      if (only.includes(name)) results[name] = await scenario(bench);
  };
  if (only.some((name) => name in SHARED)) {
    const directory = join(scratch, bench.profile);
    const world = { upstream: mock.url, core: GATEWAY_CORE, env };
    const gateway = await startGateway({ ...world, command, directory });
    const key = await createKey(gateway, command);
    bench.targets = { direct: { ...mock, key }, bare: { ...bare, key }, gateway: { ...gateway, key } };
    const other = values.against && (await commandOf(values.against));
    if (other) {
      const against = await startGateway({ ...world, command: other, directory: `${directory}-against` });
      bench.targets.against = { ...against, key: await createKey(against, other) };
    }
    await run(SHARED);
    await stop(gateway.child);
    if (other) await stop(bench.targets.against.child);
  }
  await run(OWN);
  return results;
}

async function main() {
  if (!existsSync(command.args.at(-1))) {
    say('building first');
    spawnSync('npm', ['run', 'build'], { cwd: root, stdio: 'inherit' });
  }
  const machineBefore = machine(canPin, nodeVersion);
  say(machineBefore);
  const mockArgs = [join(root, 'bench/mock-upstream.mjs'), '--gap', values.gap, '--ttft', values.ttft];
  const mock = await startServer(mockArgs, { core: LOAD_CORE });
  const env = { UPSTREAM: `${mock.url}/v1` };
  const bare = await startServer([join(root, 'bench/bare-proxy/main.mjs')], { core: GATEWAY_CORE, env, node });
  const tables = [];
  for (const [profile, profileEnv] of profiles()) {
    const { endpoints: rows, ...results } = await measure(profile, profileEnv, mock, bare);
    const parts = [Object.keys(results).length > 0 && table(results), rows && endpointsTable(rows)].filter(Boolean);
    tables.push([`**${profile}**`, ...parts].join('\n\n'));
  }
  say(`\n${tables.join('\n\n')}\n\n${machineBefore}. Medians of ${sizes.rounds}.`);
}

await main().then(
  () => process.exit(0),
  (error) => {
    process.stderr.write(`bench: ${error.message}\n`);
    process.exit(1);
  },
);
