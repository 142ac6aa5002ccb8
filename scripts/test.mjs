/**
 * `npm test`: builds, then runs the parts of `testing/parts.mjs`: unit tests, integration tests on a real PostgreSQL and
 * Redis, the e2e suite and the faults. Parts that need programs that this machine lacks are skipped, and listed at the end.
 * A file that fails runs once more, alone, after all others. If it passes then, the run succeeds and lists it as flaky.
 *
 *   --only unit,e2e      only these parts; a profile that is chosen by name runs all of its files
 *   --soak               the long forms of the faults
 *   --node <program>     Jest and the gateways under test run on this Node
 *   --also-node <program>  the whole e2e suite of one profile runs on this Node: on PostgreSQL and Redis where they are installed
 *   --no-build           tests the existing build
 *
 * All other arguments go to Jest: `npm test -- --only e2e budgets -t 'a name'`.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium, startPostgres, startRedis } from './services.mjs';
import { build } from './start.mjs';
import { partsOf, SOAK } from './testing/parts.mjs';
import { TestRun } from './testing/test-run.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const jestArgs = process.argv.slice(2);

/** Removes an option and its value from Jest's arguments. */
function take(name) {
  const at = jestArgs.indexOf(name);
  return at < 0 ? undefined : jestArgs.splice(at, 2)[1];
}

/** Removes an option without a value from them. */
function has(name) {
  const at = jestArgs.indexOf(name);
  if (at >= 0) jestArgs.splice(at, 1);
  return at >= 0;
}

const only = take('--only')?.split(',');
const [node, alsoNode] = [take('--node'), take('--also-node')].map((path) => path && resolve(path));
// The caller's environment has precedence.
if (has('--soak')) Object.assign(process.env, { ...SOAK, ...process.env });
if (!has('--no-build')) build();
const scratch = mkdtempSync(join(tmpdir(), 'thriftgate-tests-'));
const emptyDatabase = join(scratch, 'empty-database');
spawnSync(process.execPath, [join(root, 'dist/src/database/embedded-database.init.js'), emptyDatabase], {
  stdio: 'inherit',
});
const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
const production = postgres && redis ? { TEST_DATABASE_URL: postgres.url, TEST_REDIS_URL: redis.url } : undefined;
const parts = partsOf({
  embedded: { TEST_EMPTY_DATABASE: emptyDatabase },
  production,
  alsoNode,
  everything: only !== undefined || jestArgs.length > 0,
});

const run = new TestRun({ root, jestArgs });
try {
  for (const part of parts) if (only === undefined || only.includes(part.name)) run.run({ node, ...part });
  run.rerunFailed();
} finally {
  await postgres?.stop();
  await redis?.stop();
  rmSync(scratch, { recursive: true, force: true });
}
const notes = [];
if (!postgres) notes.push('skipped: PostgreSQL is not installed: e2e and faults on the production profile');
if (!redis)
  notes.push('skipped: Redis is not installed: integration on Redis, e2e and faults on the production profile');
if (!chromium()) notes.push('skipped: Chromium is not installed: the console in a browser');
if (!hasPython('openai'))
  notes.push(
    "skipped: Python's openai is not installed (test/support/python/requirements.txt): the calls of its own tests",
  );
if (!hasPython('langchain_openai, langchain_anthropic'))
  notes.push("skipped: Python's LangChain is not installed (test/support/python/requirements.txt): clients on Python");
if (!existsSync(join(root, '.ci/clients/node_modules/ai')))
  notes.push('skipped: ai and LangChain are not installed (test/support/clients/package.json): clients on Node');
process.exit(run.report(notes));

function hasPython(packages) {
  const env = { ...process.env, PYTHONPATH: join(root, '.ci/python') };
  return spawnSync('python3', ['-c', `import ${packages}`], { env }).status === 0;
}
