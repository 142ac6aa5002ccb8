/** What every feature may import. */
const BASE = ['common', 'config', 'database', 'http'];

/**
 * The map of the gateway: which other features each feature may import. A feature that is not listed here may import
 * nothing. `libs/` know nothing of `src/`.
 */
const MAY_IMPORT = {
  common: [],
  config: ['common'],
  http: ['common'],
  redis: ['config', 'common'],
  database: ['config', 'common', 'redis'],

  audit: BASE,
  teams: [...BASE, 'audit'],
  alerts: [...BASE, 'audit', 'teams'],
  keys: [...BASE, 'audit', 'models', 'teams'],
  auth: [...BASE, 'keys', 'teams'],
  limits: ['common', 'redis'],
  providers: ['common', 'config', 'database'],
  pricing: [...BASE, 'alerts', 'audit', 'providers', 'teams'],
  models: [...BASE, 'alerts', 'audit', 'pricing', 'providers'],
  ledger: [...BASE, 'alerts'],
  'refused-calls': [...BASE, 'models'],
  usage: [...BASE, 'alerts', 'audit', 'keys', 'ledger', 'models', 'pricing', 'refused-calls', 'teams'],
  credits: [...BASE, 'alerts', 'audit', 'ledger', 'teams', 'usage'],
  budgets: [...BASE, 'alerts', 'audit', 'credits', 'keys', 'ledger', 'models', 'teams', 'usage'],
  'key-info': [...BASE, 'budgets', 'keys', 'limits', 'teams'],
  idempotency: [...BASE, 'ledger'],
  cache: [...BASE, 'alerts', 'audit', 'ledger', 'models', 'providers', 'redis', 'teams'],
  'single-flight': ['common', 'redis'],
  routing: ['common', 'http', 'alerts', 'models', 'redis'],
  calls: [
    'common',
    'http',
    'budgets',
    'cache',
    'idempotency',
    'ledger',
    'models',
    'pricing',
    'providers',
    'routing',
    'single-flight',
  ],
  chat: ['http', 'calls', 'idempotency'],
  messages: ['http', 'calls', 'idempotency'],
  responses: ['http', 'calls', 'idempotency'],
  batch: [
    ...BASE,
    'alerts',
    'budgets',
    'cache',
    'calls',
    'idempotency',
    'keys',
    'ledger',
    'models',
    'providers',
    'refused-calls',
    'usage',
  ],
  health: [...BASE, 'ledger', 'providers', 'redis'],
  cli: ['config', 'database', 'http', 'ledger', 'app.module'],
};

const featureRules = Object.entries(MAY_IMPORT).map(([feature, allowed]) => ({
  name: `${feature}-imports`,
  comment: `src/${feature} may import ${allowed.length === 0 ? 'no other feature' : allowed.join(', ')}`,
  severity: 'error',
  from: { path: `^src/${feature}/`, pathNot: '\\.spec\\.ts$' },
  to: { path: '^src/', pathNot: `^src/(${[feature, ...allowed].join('|')})(/|\\.ts$)` },
}));

const onlyIn = (name, packages, place, comment) => ({
  name,
  comment,
  severity: 'error',
  from: { pathNot: place, path: '^(src|libs)/' },
  to: { path: `node_modules/(${packages.join('|')})/` },
});

module.exports = {
  forbidden: [
    { name: 'no-circular', severity: 'error', comment: 'a circle has no bottom', from: {}, to: { circular: true } },
    {
      name: 'no-orphans',
      severity: 'error',
      comment: 'nobody imports it',
      from: { orphan: true, pathNot: '(\\.spec|\\.d)\\.ts$|/testing/|embedded-database\\.(init|worker)\\.ts$' },
      to: {},
    },
    {
      name: 'no-unlisted',
      severity: 'error',
      comment: 'not in package.json',
      from: { path: '^(src|libs)/' },
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-dev-dependency',
      severity: 'error',
      comment: 'is not there in production',
      from: { path: '^(src|libs)/', pathNot: '\\.spec\\.ts$|/testing/' },
      to: { dependencyTypes: ['npm-dev'] },
    },
    ...featureRules,
    {
      name: 'features-are-listed',
      severity: 'error',
      comment: 'a new feature stands in MAY_IMPORT',
      from: { path: '^src/[^/]+/', pathNot: `^src/(${Object.keys(MAY_IMPORT).join('|')})/` },
      to: { path: '^src/' },
    },
    {
      name: 'webhooks-know-no-deliveries',
      severity: 'error',
      comment: 'deliveries send to webhooks',
      from: { path: '^src/alerts/webhooks/' },
      to: { path: '^src/alerts/deliveries/' },
    },
    {
      name: 'libs-know-no-src',
      severity: 'error',
      comment: 'libs are on their own',
      from: { path: '^libs/' },
      to: { path: '^src/' },
    },
    {
      name: 'contracts-know-no-lib',
      severity: 'error',
      comment: 'contracts are shapes alone',
      from: { path: '^libs/contracts/' },
      to: { path: '^libs/', pathNot: '^libs/contracts/' },
    },
    {
      name: 'contracts-know-zod-alone',
      severity: 'error',
      comment: 'contracts import zod alone',
      from: { path: '^libs/contracts/', pathNot: '\\.spec\\.ts$' },
      to: { path: 'node_modules/', pathNot: 'node_modules/zod/' },
    },
    {
      name: 'libs-know-no-nest',
      severity: 'error',
      comment: 'adapters and contracts are pure',
      from: { path: '^libs/' },
      to: { path: 'node_modules/@nestjs/' },
    },
    onlyIn(
      'sql-in-repositories',
      ['kysely', 'pg'],
      '\\.repository\\.ts$|^src/database/|^src/batch/.*\\.repository\\.ts$',
      'SQL only in *.repository.ts and src/database',
    ),
    onlyIn(
      'redis-in-stores',
      ['redis', '@redis', 'cluster-key-slot'],
      '\\.store\\.ts$|^src/redis/.*\\.connection\\.ts$|^src/redis/redis-link\\.ts$',
      'Redis only in *.store.ts and src/redis/*.connection.ts',
    ),
    onlyIn(
      'upstream-http-in-the-client',
      ['undici'],
      '^libs/providers/src/transport/upstream-client(\\.spec)?\\.ts$|^src/alerts/webhooks/webhook\\.client\\.ts$',
      'outgoing HTTP only in upstream-client.ts and webhook.client.ts',
    ),
    onlyIn(
      'cache-manager-in-stores',
      ['cache-manager', 'cache-manager-redis-yet'],
      '^src/cache/(store/response-cache|turns/vendor-turns)\\.store\\.ts$',
      'only in the stores of src/cache',
    ),
    onlyIn(
      'bull-in-one-file',
      ['@nestjs/bull', 'bull', 'ioredis', 'redis-parser'],
      '^src/batch/.*\\.bull\\.ts$',
      'only in src/batch/**/*.bull.ts',
    ),
    onlyIn('throttler-in-limits', ['@nestjs/throttler'], '^src/limits/', 'only in src/limits'),
    onlyIn(
      'embedded-database',
      ['@electric-sql'],
      '^src/database/embedded-database\\.(worker|init)\\.ts$',
      'only in embedded-database.{worker,init}.ts; the rest of the app uses pg',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
