/**
 * `npm run test:sabotage [-- <name> …]`: applies each sabotage of `test/faults/sabotage` to the built gateway, one after
 * another, and runs the spec that must fail. A sabotage is a module that is loaded before the gateway. It starts with comments:
 *
 *   // spec: test/faults/kill.spec.ts      the spec that must fail
 *   // test: at 1 process                  a pattern of the tests to run, if others are slow; optional
 *   // env: ROWS=60000 CALLS=5             environment of the spec; optional
 *
 * Exit code 1 if a spec passes, or if a sabotage does not find its target.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres, startRedis } from './services.mjs';
import { build } from './start.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = join(root, 'test/faults/sabotage');
/** A spec whose gateway does not start has not detected the sabotage. */
const NOT_STARTED = /the gateway ended with|did not become ready|sabotage: |Cannot find module/;

/** Reads the comments at the start of a sabotage. */
function read(name) {
  const head = readFileSync(join(directory, `${name}.cjs`), 'utf8');
  const value = (key) => new RegExp(`^// ${key}: (.+)$`, 'm').exec(head)?.[1];
  const spec = value('spec');
  if (spec === undefined) throw new Error(`${name} does not name its spec: // spec: <path>`);
  const env = Object.fromEntries(
    (value('env') ?? '')
      .split(' ')
      .filter(Boolean)
      .map((pair) => pair.split('=')),
  );
  return { name, spec, test: value('test'), env };
}

/** @returns undefined if the spec fails as expected, else the problem */
function problemOf({ name, spec, test, env }, scratch, stores) {
  const loaded = spawnSync(process.execPath, ['--require', join(directory, `${name}.cjs`), '--eval', '0']);
  if (loaded.status !== 0) return /Error: .*/.exec(String(loaded.stderr))?.[0] ?? 'it cannot be loaded';
  const report = join(scratch, 'report.json');
  rmSync(report, { force: true });
  const project = ['e2e', 'integration'].find((kind) => spec.startsWith(`test/${kind}/`)) ?? 'faults';
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const options = [`--selectProjects=${project}`, '--json', `--outputFile=${report}`, '--runInBand', '--forceExit'];
  if (test !== undefined) options.push('-t', test);
  spawnSync(process.execPath, [jest, ...options, '--runTestsByPath', join(root, spec)], {
    cwd: root,
    stdio: 'ignore',
    env: { ...process.env, ...stores, ...env, SABOTAGE: name },
  });
  const failures = failuresIn(report);
  if (failures.length === 0) return 'the spec passes';
  return failures.every((text) => NOT_STARTED.test(text)) ? `the gateway does not start: ${failures[0]}` : undefined;
}

function failuresIn(report) {
  const { testResults } = JSON.parse(readFileSync(report, 'utf8'));
  return testResults.flatMap(({ message, status, assertionResults }) => {
    const failed = assertionResults.flatMap(({ failureMessages }) => failureMessages ?? []);
    return failed.length > 0 || status === 'passed' ? failed : [message];
  });
}

const names = readdirSync(directory).map((file) => basename(file, '.cjs'));
const wanted = process.argv.length > 2 ? process.argv.slice(2) : names;
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) throw new Error(`Unknown sabotage: ${unknown.join(', ')}. Known: ${names.join(', ')}.`);
const sabotages = wanted.map(read);

build();
const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
if (!postgres || !redis) throw new Error('Most sabotages are only detected on PostgreSQL and Redis: install both.');
const scratch = mkdtempSync(join(tmpdir(), 'thriftgate-sabotage-'));
const stores = { TEST_DATABASE_URL: postgres.url, TEST_REDIS_URL: redis.url };
let wrong = 0;
try {
  for (const sabotage of sabotages) {
    const startedAt = performance.now();
    const problem = problemOf(sabotage, scratch, stores);
    const seconds = Math.round((performance.now() - startedAt) / 1000);
    console.log(`${problem === undefined ? 'red  ' : 'WRONG'} ${sabotage.name} (${sabotage.spec}, ${seconds} s)`);
    if (problem === undefined) continue;
    wrong += 1;
    console.log(`      ${problem}`);
  }
} finally {
  await postgres.stop();
  await redis.stop();
  rmSync(scratch, { recursive: true, force: true });
}
console.log(`${sabotages.length - wrong} noticed, ${wrong} not`);
process.exit(wrong > 0 ? 1 : 0);
