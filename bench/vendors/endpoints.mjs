/** What a call costs at each endpoint with each vendor behind: processor time, and the latency that the gateway adds. */
import { join } from 'node:path';
import { createKey, startGateway } from '../gateway.mjs';
import { mainThreadSeconds, runJson, stop, untilQuiet } from '../processes.mjs';
import { median } from '../scenarios.mjs';

const LOAD = join(import.meta.dirname, '../load.mjs');
const CONNECTIONS = '16';
const RATE = '50';
/** Before these the compiler would be measured. */
const WARM_UP_CALLS = 3_000;
/** Vendors take turns after so many, so that what else the machine does meets all of them. */
const TURN_CALLS = 500;

const gemini = (model, method) => `/v1beta/models/${model}:${method}`;
const OPENAI = { vendor: 'OpenAI', model: 'gpt-4.1' };
const ANTHROPIC = { vendor: 'Anthropic', model: 'claude-haiku-4-5', path: () => '/v1/messages' };
const GEMINI = {
  vendor: 'Gemini',
  model: 'gemini-3.5-flash',
  path: (stream) => gemini('gemini-3.5-flash', stream ? 'streamGenerateContent?alt=sse' : 'generateContent'),
};
const OPENAI_VECTORS = { vendor: 'OpenAI', model: 'text-embedding-3-small' };
const GEMINI_VECTORS = {
  vendor: 'Gemini',
  model: 'gemini-embedding-001',
  path: () => gemini('gemini-embedding-001', 'batchEmbedContents'),
};

/** The vendors of each endpoint; the first one speaks it itself. `path` is where the mock is asked without the gateway. */
const VENDORS = {
  chat: [OPENAI, ANTHROPIC, GEMINI],
  messages: [ANTHROPIC, OPENAI, GEMINI],
  responses: [OPENAI, ANTHROPIC, GEMINI],
  embeddings: [OPENAI_VECTORS, GEMINI_VECTORS],
};

/** The calls of one row of the table. */
function* groups() {
  for (const [endpoint, vendors] of Object.entries(VENDORS))
    for (const stream of endpoint === 'embeddings' ? [false] : [false, true]) yield { endpoint, stream, vendors };
}

function nameOf({ endpoint, stream }) {
  return `${endpoint}${stream ? ', stream' : ''}`;
}

function argsOf({ endpoint, stream }, { model }) {
  return ['--endpoint', endpoint, '--model', model, ...(stream ? ['--stream'] : [])];
}

function closedLoop(calls) {
  return ['--connections', CONNECTIONS, '--count', String(calls)];
}

async function run(bench, target, args) {
  const report = await runJson([LOAD, '--url', target.url, '--key', target.key, ...args], { core: bench.loadCore });
  const statuses = Object.keys(report.statuses).join();
  if (statuses !== '200') throw new Error(`${args.join(' ')}: calls failed with ${statuses}`);
  return report;
}

/** Processor time of the main thread, in which calls run, in µs per call, of each vendor in each of its turns. */
async function costsUs(bench, gateway, group) {
  const costs = group.vendors.map(() => []);
  await untilQuiet([gateway.pid]);
  for (let calls = 0; calls < bench.sizes.calls; calls += TURN_CALLS)
    for (const [at, vendor] of group.vendors.entries()) {
      const before = mainThreadSeconds(gateway.pid);
      await run(bench, gateway, [...argsOf(group, vendor), ...closedLoop(TURN_CALLS)]);
      costs[at].push(((mainThreadSeconds(gateway.pid) - before) / TURN_CALLS) * 1e6);
    }
  return costs;
}

/** The p50 at a steady rate, in ms, to the end of the answer or to the first byte of the stream. */
async function p50Ms(bench, target, group, args) {
  const { seconds, warmupSeconds } = bench.sizes;
  const times = ['--seconds', String(seconds), '--warmup', String(warmupSeconds)];
  const { latencyMs, firstByteMs } = await run(bench, target, [...args, '--rate', RATE, ...times]);
  return (group.stream ? firstByteMs : latencyMs).p50;
}

/** The p50 that the bare proxy adds, which knows chat alone: what a second hop takes on this machine now. */
async function measureBare(bench, direct, group) {
  const args = argsOf(group, OPENAI);
  const bare = { ...bench.bare, key: 'bench' };
  const addedMs = [];
  await run(bench, bare, [...args, ...closedLoop(WARM_UP_CALLS)]);
  for (let round = 0; round < bench.sizes.rounds; round += 1) {
    const directMs = await p50Ms(bench, direct, group, args);
    addedMs.push((await p50Ms(bench, bare, group, args)) - directMs);
  }
  const row = { call: nameOf(group), vendor: 'bare proxy', addedMs: median(addedMs) };
  bench.say(`  ${row.call} ${row.vendor}: +${row.addedMs.toFixed(2)} ms`);
  return row;
}

async function measureGroup(bench, gateway, direct, group) {
  const figures = group.vendors.map(() => ({ costUs: [], addedMs: [] }));
  for (const vendor of group.vendors)
    await run(bench, gateway, [...argsOf(group, vendor), ...closedLoop(WARM_UP_CALLS)]);
  for (let round = 0; round < bench.sizes.rounds; round += 1) {
    for (const [at, costs] of (await costsUs(bench, gateway, group)).entries()) figures[at].costUs.push(...costs);
    for (const [at, vendor] of group.vendors.entries()) {
      const args = argsOf(group, vendor);
      const alone = vendor.path ? [...args, '--path', vendor.path(group.stream)] : args;
      const directMs = await p50Ms(bench, direct, group, alone);
      figures[at].addedMs.push((await p50Ms(bench, gateway, group, args)) - directMs);
    }
  }
  return group.vendors.map(({ vendor }, at) => {
    const [{ costUs: own }] = figures;
    const { costUs: each, addedMs } = figures[at];
    const row = {
      call: nameOf(group),
      vendor,
      costUs: median(each),
      ratio: median(each.map((cost, turn) => cost / own[turn])),
      addedMs: median(addedMs),
    };
    bench.say(
      `  ${row.call} ${vendor}: ${row.costUs.toFixed(0)} µs, ${row.ratio.toFixed(2)} ×, +${row.addedMs.toFixed(2)} ms`,
    );
    return row;
  });
}

/** Rows of endpoint and vendor, the vendor that speaks the endpoint itself first. */
export async function endpoints(bench) {
  if (bench.command.standIn) return undefined;
  bench.say('endpoints and vendors: processor time per call, and the latency that the gateway adds');
  const { command, mock, scratch, env, gatewayCore: core } = bench;
  const directory = join(scratch, `endpoints-${bench.profile}`);
  const gateway = await startGateway({ command, upstream: mock.url, directory, core, env });
  const target = { ...gateway, key: await createKey(gateway, command) };
  const rows = [];
  const direct = { ...mock, key: 'bench' };
  for (const group of groups()) {
    rows.push(...(await measureGroup(bench, target, direct, group)));
    if (group.endpoint === 'chat') rows.push(await measureBare(bench, direct, group));
  }
  await stop(gateway.child);
  return rows;
}
