/** Layers, lowest first. A folder may import its own layer and those above it in this list. */
const LAYERS = [
  ['libs/contracts'],
  ['libs/providers', 'libs/sdk'],
  ['src/config', 'src/common', 'src/database', 'src/redis'],
  ['src/alerts', 'src/audit', 'src/teams', 'src/models', 'src/pricing', 'src/providers'],
  ['src/keys', 'src/limits', 'src/cache', 'src/routing', 'src/usage', 'src/budgets', 'src/credits'],
  ['src/auth', 'src/idempotency', 'src/chat'],
  ['src/batch', 'src/health'],
];

const within = (folders) => `^(${folders.join('|')})/`;

const layerRules = LAYERS.slice(0, -1).map((folders, index) => ({
  name: `layer-${index + 1}-imports-downward`,
  comment: `${folders.join(', ')} may not import from a higher layer`,
  severity: 'error',
  from: { path: within(folders) },
  to: { path: `${within(LAYERS.slice(index + 1).flat())}|^src/[^/]+\\.ts$` },
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
    ...layerRules,
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
      '^libs/providers/src/upstream-client(\\.spec)?\\.ts$|^src/alerts/webhooks/webhook\\.client\\.ts$',
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
