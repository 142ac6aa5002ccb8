/**
 * `node bench/batch-lines.mjs`: what a large batch takes from the upload of its lines to its files, and the gateway's peak memory
 * meanwhile. Vendors are the stand-in, whose time is not counted.
 *
 *   --lines 50000         lines of the batch
 *   --bytes 400           the size of each
 *   --duplicates 0.6      share of the lines that ask the same as another one
 *   --cached 0.1          share of the lines whose response is stored
 *   --form file           file, or content (`input_file_content`), or requests
 *   --profile production  production starts a PostgreSQL and a Redis; or embedded
 *   --intake              only the intake: the batch is cancelled as soon as it is there
 *   --cpu-prof            shows the functions with the most time
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { startPostgres, startRedis } from '../scripts/services.mjs';
import { FORMS, lineOf } from './batch-bodies.mjs';
import { cpuOf, inSeconds, phases } from './batch-phases.mjs';
import { createKey, startGateway } from './gateway.mjs';
import { freePort, killAll, startNode, stop } from './processes.mjs';
import { machine } from './report.mjs';

const SHOWN = 25;
/** What the intake may take, in whichever form, in MiB. */
const MAX_INTAKE_MIB = 128;
const MIB = 2 ** 20;
const [WARM_UP_CALLS, WARM_UP_WORKERS, WARM_UP_BYTES] = [5_000, 16, 4_000];
const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '50000' },
    bytes: { type: 'string', default: '400' },
    duplicates: { type: 'string', default: '0.6' },
    cached: { type: 'string', default: '0.1' },
    form: { type: 'string', default: 'file' },
    profile: { type: 'string', default: 'production' },
    intake: { type: 'boolean', default: false },
    'cpu-prof': { type: 'boolean', default: false },
  },
});
const [count, bytes, duplicates, cached] = ['lines', 'bytes', 'duplicates', 'cached'].map((name) =>
  Number(values[name]),
);
const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'thriftgate-bench-'));
const profiles = join(scratch, 'profiles');
const say = (line) => process.stdout.write(`${line}\n`);
/** Forgets the peak of the start, in which the embedded database is compiled. */
const beginPeak = (pid) => writeFileSync(`/proc/${pid}/clear_refs`, '5');
/** Since {@link beginPeak}, in MiB. */
const peakMib = (pid) => Number(/VmHWM:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

/** Sends a body with its length, in pieces; makes it twice, so that it is never in memory. */
async function send(gateway, key, path, type, body) {
  let length = 0;
  for await (const piece of body()) length += piece.length;
  const startedAt = performance.now();
  const sending = request(gateway.url + path, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': type, 'content-length': length },
  });
  const answered = new Promise((resolve, reject) => sending.once('response', resolve).once('error', reject));
  await pipeline(Readable.from(body()), sending);
  const response = await answered;
  const text = (await response.toArray()).join('');
  if (response.statusCode !== 200) throw new Error(`POST ${path} returned ${response.statusCode}: ${text}`);
  return { ...JSON.parse(text), length, seconds: (performance.now() - startedAt) / 1000 };
}

async function call(gateway, key, method, path, body) {
  const response = await fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} returned ${response.status}: ${text.slice(0, 500)}`);
  return JSON.parse(text);
}

async function ended(gateway, key, id) {
  for (;;) {
    const batch = await call(gateway, key, 'GET', `/v1/batches/${id}`);
    if (['completed', 'failed', 'expired', 'cancelled'].includes(batch.status)) return batch;
    await sleep(100);
  }
}

/** Runs the lines whose response is to be stored. */
async function fillCache(gateway, key) {
  const stored = Math.round(count * cached);
  if (stored === 0) return;
  const requests = Array.from({ length: stored }, (_, at) => JSON.parse(lineOf(`stored-${at}`, at, bytes)));
  const content = requests.map((each) => JSON.stringify(each)).join('\n');
  const { id } = await call(gateway, key, 'POST', '/v1/batches', {
    input_file_content: content,
    completion_window: '24h',
  });
  const { status, request_counts: counts } = await ended(gateway, key, id);
  if (counts.completed !== stored)
    throw new Error(`the lines to be stored ended as ${status}: ${JSON.stringify(counts)}`);
}

/** What is measured is a gateway in use: without calls, the engine has not touched all of its young heap yet. */
async function warmUp(gateway, key) {
  const callAll = async (worker) => {
    for (let at = worker; at < WARM_UP_CALLS; at += WARM_UP_WORKERS)
      await call(
        gateway,
        key,
        'POST',
        '/v1/chat/completions',
        JSON.parse(lineOf('-', `warm-${at}`, WARM_UP_BYTES)).body,
      );
  };
  await Promise.all(Array.from({ length: WARM_UP_WORKERS }, (_, worker) => callAll(worker)));
}

/** The functions with the most time of their own. */
function topOf(file) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'));
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const self = new Map();
  for (const [index, id] of samples.entries()) {
    const { functionName, url } = byId.get(id);
    if (functionName === '(idle)' || functionName === '(program)') continue;
    const name = `${functionName || '(anonymous)'} ${url.replace(/^.*\/(dist|node_modules)\//, '').replace('node:', '')}`;
    self.set(name, (self.get(name) ?? 0) + timeDeltas[index]);
  }
  const top = [...self].toSorted(([, one], [, other]) => other - one).slice(0, SHOWN);
  return top.map(([name, us]) => `  ${(us / 1e6).toFixed(2).padStart(6)} s  ${name}`);
}

async function startVendors() {
  const port = await freePort();
  const child = startNode([join(root, 'scripts/vendors.mjs'), '--port', String(port)], {
    logFile: join(scratch, 'vendors.log'),
  });
  const url = `http://127.0.0.1:${port}`;
  while (
    !(await fetch(`${url}/control/calls`).then(
      ({ ok }) => ok,
      () => false,
    ))
  )
    await sleep(100);
  return { child, url };
}

async function main(stores) {
  const vendors = await startVendors();
  const profile = values['cpu-prof'] ? ['--cpu-prof', `--cpu-prof-dir=${profiles}`] : [];
  const command = { args: [...profile, join(root, 'dist/src/main.js')] };
  const gateway = await startGateway({
    command,
    upstream: `${vendors.url}/openai`,
    directory: scratch,
    env: { BATCH_POLL_INTERVAL_MS: '500', ...stores },
  });
  const key = await createKey(gateway, command);
  await fillCache(gateway, key);
  await warmUp(gateway, key);
  await sleep(2_000);

  beginPeak(gateway.pid);
  const restMib = rssNow(gateway.pid);
  const cpuBefore = cpuOf(gateway, postgres);
  const [path, type, body] = FORMS[values.form];
  const sent = await send(gateway, key, path, type, () => body({ count, bytes, duplicates, cached }));
  const sentMib = peakMib(gateway.pid);
  const startedAt = performance.now();
  const created =
    values.form === 'file' ? await call(gateway, key, 'POST', '/v1/batches', { input_file_id: sent.id }) : sent;
  const createSeconds = (performance.now() - startedAt) / 1000;
  const intakeCpu = cpuOf(gateway, postgres) - cpuBefore;
  say(machine(false));
  say(`${count} lines, ${(sent.length / MIB).toFixed(1)} MiB, as ${values.form}, on the ${values.profile} profile`);
  say(`  sent         ${sent.seconds.toFixed(2)} s`);
  say(`  created      ${createSeconds.toFixed(2)} s; both ${intakeCpu.toFixed(2)} s of processors`);
  const intakeMib = peakMib(gateway.pid);
  say(
    `  memory       ${restMib.toFixed(0)} MiB at rest, ${sentMib.toFixed(0)} MiB when sent, ${intakeMib.toFixed(0)} MiB at most in the intake: +${(intakeMib - restMib).toFixed(0)} of ${MAX_INTAKE_MIB} MiB`,
  );
  if (values.intake) await call(gateway, key, 'POST', `/v1/batches/${created.id}/cancel`);
  const own = values.intake || !postgres ? undefined : await phases(gateway, postgres, created.id);
  const batch = await ended(gateway, key, created.id);
  const mostMib = peakMib(gateway.pid);
  say(`  in all       ${mostMib.toFixed(0)} MiB at most: +${(mostMib - restMib).toFixed(0)} MiB`);
  if (own) {
    const { planned, native, written } = own;
    const seconds = sent.seconds + createSeconds + planned.seconds + written.seconds;
    const cpu = intakeCpu + planned.cpu + written.cpu;
    say(`  planned      ${inSeconds(planned)}`);
    say(`  written      ${inSeconds(written)}`);
    say(`  intake, plan and files: ${seconds.toFixed(2)} s, ${Math.round(count / seconds)} lines a second`);
    say(
      `    by processor time of gateway and PostgreSQL: ${cpu.toFixed(2)} s, ${Math.round(count / cpu)} lines a second`,
    );
    say(`  opened, sent, run by the vendor and read: ${inSeconds(native)}`);
  }
  if (!values.intake) {
    say(`  ${batch.status} ${JSON.stringify(batch.request_counts)} ${JSON.stringify(batch.gateway)}`);
  }
  say(`  processor    ${(cpuOf(gateway, postgres) - cpuBefore).toFixed(1)} s of the gateway and PostgreSQL`);
  await stop(gateway.child);
  await stop(vendors.child);
  if (values['cpu-prof']) {
    const [file] = readdirSync(profiles).filter((name) => name.includes('.0.001.'));
    for (const line of topOf(join(profiles, file))) say(line);
  }
}

const rssNow = (pid) => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))[1]) / 1024;

process.once('exit', () => {
  killAll();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});
const [postgres, redis] = values.profile === 'production' ? await Promise.all([startPostgres(), startRedis()]) : [];
try {
  await main(postgres ? { DATABASE_URL: postgres.url, REDIS_URL: redis.url } : {});
} catch (error) {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
} finally {
  killAll();
  await postgres?.stop();
  await redis?.stop();
}
