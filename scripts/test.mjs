/**
 * `npm test`: builds, then runs unit tests, integration tests on a real PostgreSQL and Redis, the e2e suite on both
 * profiles and the faults. What the machine has not is skipped, and said. Arguments go to Jest, after `--only` with the
 * names of the parts to run: `npm test -- --only unit,e2e -t 'a name'`.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startPostgres, startRedis } from './services.mjs';
import { build } from './start.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const scratch = mkdtempSync(join(tmpdir(), 'thriftgate-tests-'));
const args = process.argv.slice(2);
/** The long forms of the fault tests. */
const SOAK = {
  KILLS: '50',
  OUTAGES: '20',
  OUTAGE_MS: '10000',
  IMAGES: '200',
  SURFACE: 'every',
  ABANDONED: '5000',
  IDEMPOTENCY_KEYS: '200',
  ROWS: '250000',
  INVALIDATIONS: '60',
  ELSEWHERE_MS: '100',
  FROZEN_MS: '1000',
  EQUAL_CALLS: '1000',
  TAKE_OVER_MS: '1000',
  SHARED_CALLS: '20000',
  KEY_PAIRS: '1000000',
  TENANT_CALLS: '100000',
  WRITES: '50000',
  FREEZE_MS: '30000',
  REDIS_RESTARTS: '20',
  REDIS_CALLS_A_SECOND: '200',
  REDIS_AWAY_TIMEOUT_MS: '50',
  REDIS_MOST_PAIRS: '1',
  REDIS_BACK_MS: '2000',
  REDIS_P99_ADDED_MS: '25',
  REDIS_WORST_MS: '150',
  CACHE_ENTRIES: '1000000',
};
/** Faults that only PostgreSQL and Redis can have. */
const STORES_ONLY = [
  'faults/database-away',
  'faults/full-disk',
  'faults/contention',
  'faults/invalidation',
  'faults/single-flight',
  'faults/redis-away',
  'faults/redis-values',
  'faults/redis-cluster',
];
/** How many files run at once, on two cores: the e2e suite waits more than it works, and faults are not to wait for each other. */
const WORKERS = { unit: 2, integration: 2, e2e: 3, faults: 2 };
const soakAt = args.indexOf('--soak');
if (soakAt >= 0) args.splice(soakAt, 1);
const onlyAt = args.indexOf('--only');
const only = onlyAt >= 0 ? args.splice(onlyAt, 2)[1].split(',') : undefined;
const wanted = (part) => only === undefined || only.includes(part);

const totals = { passed: 0, failed: 0, skipped: 0 };
const skippedParts = [];

function jest(part, project, env = {}, notHere = []) {
  if (!wanted(part)) return;
  console.log(`\n# ${part}`);
  const report = join(scratch, `${part}.json`);
  const jestBin = join(root, 'node_modules/jest/bin/jest.js');
  const { status } = spawnSync(
    process.execPath,
    [
      jestBin,
      `--selectProjects=${project}`,
      '--json',
      `--outputFile=${report}`,
      `--maxWorkers=${WORKERS[project]}`,
      '--passWithNoTests',
      ...notHere.flatMap((file) => ['--testPathIgnorePatterns', file]),
      ...args,
    ],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...(soakAt >= 0 ? SOAK : {}), ...process.env, ...env },
    },
  );
  try {
    const result = JSON.parse(readFileSync(report, 'utf8'));
    totals.passed += result.numPassedTests;
    totals.failed += result.numFailedTests + result.numRuntimeErrorTestSuites;
    totals.skipped += result.numPendingTests;
    if (status !== 0 && result.numFailedTests + result.numRuntimeErrorTestSuites === 0) totals.failed += 1;
  } catch {
    totals.failed += 1;
  }
}

build();
const emptyDatabase = join(scratch, 'empty-database');
spawnSync(process.execPath, [join(root, 'dist/src/database/embedded-database.init.js'), emptyDatabase], {
  stdio: 'inherit',
});
const embedded = { TEST_EMPTY_DATABASE: emptyDatabase };
const [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
const production = postgres && redis ? { TEST_DATABASE_URL: postgres.url, TEST_REDIS_URL: redis.url } : undefined;
if (!postgres) skippedParts.push('PostgreSQL is not installed: e2e and faults on the production profile');
if (!redis) skippedParts.push('Redis is not installed: integration on Redis, e2e and faults on the production profile');

try {
  jest('unit', 'unit');
  jest('integration', 'integration', { ...embedded, ...production });
  jest('e2e', 'e2e', embedded);
  if (production) jest('e2e-production', 'e2e', production);
  // What one profile has no part in is not run there, so that nothing counts as skipped.
  jest('faults', 'faults', embedded, STORES_ONLY);
  if (production) jest('faults-production', 'faults', production, ['faults/crash-images', 'faults/cache-key']);
} finally {
  await postgres?.stop();
  await redis?.stop();
  rmSync(scratch, { recursive: true, force: true });
}

for (const reason of skippedParts) console.log(`skipped: ${reason}`);
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exit(totals.failed > 0 ? 1 : 0);
