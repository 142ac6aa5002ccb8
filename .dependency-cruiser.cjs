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

  teams: BASE,
  audit: BASE,
  alerts: [...BASE, 'teams'],
  keys: [...BASE, 'audit', 'teams'],
  auth: [...BASE, 'keys', 'teams'],
  limits: ['common', 'redis'],
  providers: ['common', 'config'],
  pricing: [...BASE, 'alerts', 'teams'],
  models: [...BASE, 'alerts', 'audit', 'pricing'],
  ledger: [...BASE, 'alerts'],
  usage: [...BASE, 'alerts', 'ledger', 'models', 'pricing'],
  credits: [...BASE, 'alerts', 'ledger', 'teams', 'usage'],
  budgets: [...BASE, 'alerts', 'credits', 'keys', 'ledger', 'models', 'teams', 'usage'],
  idempotency: [...BASE, 'ledger'],
  cache: [...BASE, 'alerts', 'audit', 'ledger', 'models', 'redis', 'teams'],
  'single-flight': ['common', 'redis'],
  routing: ['common', 'models'],
  calls: [
    'common',
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
  chat: ['common', 'http', 'calls', 'idempotency'],
  batch: [...BASE, 'budgets', 'cache', 'calls', 'chat', 'idempotency', 'keys', 'models'],
  health: [...BASE, 'ledger', 'redis'],
  cli: ['config', 'database', 'ledger'],
};

const featureRules = Object.entries(MAY_IMPORT).map(([feature, allowed]) => ({
  name: `${feature}-imports`,
  comment: `src/${feature} may import ${allowed.length === 0 ? 'no other feature' : allowed.join(', ')}`,
  severity: 'error',
  from: { path: `^src/${feature}/`, pathNot: '\\.spec\\.ts$' },
  to: { path: '^src/', pathNot: `^src/(${[feature, ...allowed].join('|')})/` },
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
      'SQL only in *.repository.ts',
    ),
    onlyIn(
      'redis-in-stores',
      ['redis', '@redis', 'cluster-key-slot'],
      '\\.store\\.ts$|^src/redis/.*\\.connection\\.ts$|^src/redis/redis-link\\.ts$',
      'Redis only in *.store.ts and where it is connected to',
    ),
    onlyIn(
      'upstream-http-in-the-client',
      ['undici'],
      '^libs/providers/src/transport/upstream-client(\\.spec)?\\.ts$|^src/alerts/webhooks/webhook\\.client\\.ts$',
      'HTTP to others in two files: to upstreams and to webhooks',
    ),
    onlyIn(
      'cache-manager-in-one-file',
      ['cache-manager', 'cache-manager-redis-yet'],
      '^src/cache/store/response-cache\\.store\\.ts$',
      'one file knows cache-manager',
    ),
    onlyIn(
      'bull-in-one-file',
      ['@nestjs/bull', 'bull', 'ioredis', 'redis-parser'],
      '^src/batch/.*\\.bull\\.ts$',
      'one file knows Bull',
    ),
    onlyIn('throttler-in-limits', ['@nestjs/throttler'], '^src/limits/', 'the throttler is known to limits alone'),
    onlyIn(
      'embedded-database',
      ['@electric-sql'],
      '^src/database/embedded-database\\.(worker|init)\\.ts$',
      'the app speaks to pg',
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|coverage)/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
