/**
 * `node bench/large-hit.mjs`: the CPU time of hits with a large response, with a profile of the process. A stored response should
 * be sent without being parsed or converted to text.
 *
 *   --bytes 1000000   the size of the response
 *   --seconds 5       the duration of the load
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createKey, startGateway } from './gateway.mjs';
import { cpuSeconds, killAll, runJson, startServer, stop } from './processes.mjs';
import { machine } from './report.mjs';

const SHOWN = 12;
const { values } = parseArgs({
  options: { bytes: { type: 'string', default: '1000000' }, seconds: { type: 'string', default: '5' } },
});
const [bytes, seconds] = [Number(values.bytes), Number(values.seconds)];
const root = join(import.meta.dirname, '..');
const scratch = mkdtempSync(join(tmpdir(), 'thriftgate-bench-'));
const say = (line) => process.stdout.write(`${line}\n`);

/** The functions with the most time in the profile's last `lastSeconds`, without idle time. */
function topOf(file, lastSeconds) {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8'));
  const byId = new Map(nodes.map((node) => [node.id, node.callFrame]));
  const end = timeDeltas.reduce((sum, delta) => sum + delta, 0);
  const self = new Map();
  let at = 0;
  let total = 0;
  for (const [index, id] of samples.entries()) {
    at += timeDeltas[index];
    const { functionName, url } = byId.get(id);
    if (at < end - lastSeconds * 1e6 || functionName === '(idle)') continue;
    const place = url.replace(/^.*\/(dist|node_modules)\//, '').replace('node:', '');
    const name = `${functionName || '(anonymous)'} ${place}`.trim();
    self.set(name, (self.get(name) ?? 0) + timeDeltas[index]);
    total += timeDeltas[index];
  }
  const top = [...self].toSorted(([, one], [, other]) => other - one).slice(0, SHOWN);
  return top.map(([name, us]) => `  ${((us / total) * 100).toFixed(1).padStart(5)} %  ${name}`);
}

/** Microseconds of the work that a hit avoids. */
function parseUs(body) {
  const rounds = 50;
  const startedAt = performance.now();
  for (let round = 0; round < rounds; round += 1) JSON.parse(body.toString());
  return ((performance.now() - startedAt) / rounds) * 1000;
}

async function main() {
  const mock = await startServer([join(root, 'bench/mock-upstream.mjs'), '--bytes', String(bytes)], { core: 1 });
  const profiles = join(scratch, 'profiles');
  const command = {
    args: ['--cpu-prof', `--cpu-prof-dir=${profiles}`, join(root, 'dist/src/main.js')],
  };
  const gateway = await startGateway({ command, upstream: mock.url, directory: scratch, core: 0 });
  const key = await createKey(gateway, command);
  const response = await fetch(`${mock.url}/v1/chat/completions`, { method: 'POST', body: '{}' });
  const body = Buffer.from(await response.arrayBuffer());
  const load = (forSeconds) => {
    const target = ['--url', gateway.url, '--key', key, '--prompt', 'same', '--connections', '8', '--warmup', '0'];
    return runJson([join(root, 'bench/load.mjs'), ...target, '--seconds', String(forSeconds)], { core: 1 });
  };
  await load(1);
  const before = cpuSeconds(gateway.pid);
  const { calls, rps, cacheStatuses } = await load(seconds);
  const hitUs = ((cpuSeconds(gateway.pid) - before) / calls) * 1e6;
  await stop(gateway.child);
  await stop(mock.child);
  say(machine(true));
  say(`${rps.toFixed(0)} responses of ${body.length} bytes per second, cache ${JSON.stringify(cacheStatuses)}`);
  say(
    `a hit takes ${hitUs.toFixed(0)} µs of CPU time; parsing the response alone would take ${parseUs(body).toFixed(0)} µs`,
  );
  // The first profile is that of the main thread.
  const [profile] = readdirSync(profiles).filter((name) => name.includes('.0.001.'));
  for (const line of topOf(join(profiles, profile), seconds)) say(line);
}

process.once('exit', () => {
  killAll();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});
await main().catch((error) => {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
});
