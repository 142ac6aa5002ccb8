/** The parts of `npm test`, with their profiles and numbers of concurrent files. */

/**
 * E2e stories that also run on the embedded profile: about storage, starts, restarts, and the functions of Redis on the other
 * profile. A start there takes twice the CPU of one on PostgreSQL.
 */
const EMBEDDED_STORIES = [
  'batch-recovery',
  'batches',
  'cache',
  'cache-stats',
  'credits',
  'files',
  'idempotency',
  'operations',
  'prices',
  'rate-limits',
  'teams-and-keys',
  'usage-reports',
].map((story) => `e2e/${story}\\.e2e`);
/** Faults that run on the embedded profile even if there is a production profile. */
const EMBEDDED_FAULTS = ['batch-kills', 'batch-poison', 'batch-savings', 'batch-stops', 'crash-images', 'kill'].map(
  (fault) => `faults/${fault}\\.`,
);
/** Faults of the embedded database only, and faults of PostgreSQL and Redis only. */
const EMBEDDED_ONLY = ['faults/crash-images'];
const PRODUCTION_ONLY = [
  'faults/contention',
  'faults/database-away',
  'faults/full-disk',
  'faults/invalidation',
  'faults/redis-away',
  'faults/redis-cluster',
  'faults/redis-values',
  'faults/single-flight',
];
/** Concurrent files on two cores: most of them wait more than they compute. */
const WORKERS = { unit: 3, integration: 3, e2e: 4, faults: 3 };

/**
 * @param {object} world
 * @param {Record<string, string>} world.embedded environment of tests on the embedded profile
 * @param {Record<string, string>} [world.production] environment of tests on PostgreSQL and Redis, if both are installed
 * @param {string} [world.alsoNode] a second Node program, which runs the whole e2e suite of one profile
 * @param {boolean} world.everything whether each profile runs all files that it supports
 * @returns {import('./test-run.mjs').Part[]}
 */
export function partsOf({ embedded, production, alsoNode, everything }) {
  const chosen = (files) => (production && !everything ? { only: files } : {});
  const all = [
    { name: 'unit', project: 'unit' },
    { name: 'integration', project: 'integration', env: { ...embedded, ...production } },
    { name: 'e2e', project: 'e2e', env: embedded, ...chosen(EMBEDDED_STORIES) },
    production && { name: 'e2e-production', project: 'e2e', env: production, ...(alsoNode && { node: alsoNode }) },
    alsoNode && !production && { name: 'e2e-other-node', project: 'e2e', env: embedded, node: alsoNode },
    { name: 'faults', project: 'faults', env: embedded, ignored: PRODUCTION_ONLY, ...chosen(EMBEDDED_FAULTS) },
    production && { name: 'faults-production', project: 'faults', env: production, ignored: EMBEDDED_ONLY },
  ];
  return all.filter((part) => part).map((part) => ({ ...part, workers: WORKERS[part.project] }));
}

/** The long forms of the fault tests. Values in milliseconds are limits for an otherwise idle machine. */
export const SOAK = {
  KILLS: '50',
  NATIVE_KILLS: '100',
  FLEX_LINES: '2000',
  FLEX_INSTANTS: '200',
  BATCH_END_KILLS: '20',
  BATCH_LINES: '10000',
  BATCH_KILLS: '50',
  BATCH_KILLED_LINES: '50000',
  CANCELS: '1000',
  ESCALATIONS: '200',
  POISON_LINES: '10000',
  OUTAGES: '20',
  OUTAGE_MS: '10000',
  IMAGES: '200',
  SURFACE: 'every',
  ABANDONED: '5000',
  IDEMPOTENCY_KEYS: '200',
  ROWS: '250000',
  INVALIDATIONS: '60',
  CALLS_A_SECOND: '500',
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
  DRILL_MS: '600000',
  DRILL_PHASE_MS: '20000',
  DRILL_OPEN_MS: '5000',
  DRILL_CLOSED_MS: '15000',
};
