/** Nest 12 and a few other packages are ESM only; Jest on Node 20 takes them once they are compiled to CommonJS. */
const esmPackages = [
  '@formatjs',
  '@nestjs',
  'ansi-regex',
  'content-disposition',
  'd3-array',
  'cookie',
  'file-type',
  'internmap',
  'intl-messageformat',
  'react-intl',
  'get-east-asian-width',
  'p-limit',
  'string-width',
  'strip-ansi',
];

const common = {
  rootDir: __dirname,
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'tsx', 'js', 'mjs', 'json'],
  moduleNameMapper: { '^@thriftgate/(contracts|providers|sdk)$': '<rootDir>/libs/$1/src' },
  transform: {
    '^.+\\.(ts|js|mjs)$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', decorators: true },
          transform: { legacyDecorator: true, decoratorMetadata: true },
          target: 'es2022',
          keepClassNames: true,
        },
        module: { type: 'commonjs' },
      },
    ],
  },
  transformIgnorePatterns: [`/node_modules/(?!(${esmPackages.join('|')})/)`],
};

/** As above, for files of React components. */
const [swc, swcOptions] = common.transform['^.+\\.(ts|js|mjs)$'];
common.transform['^.+\\.tsx$'] = [
  swc,
  {
    ...swcOptions,
    jsc: {
      parser: { syntax: 'typescript', tsx: true },
      transform: { react: { runtime: 'automatic' } },
      target: 'es2022',
    },
  },
];

module.exports = {
  // Long, because a loaded machine is slow: what hangs is found all the same.
  testTimeout: 120_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/{src,libs}/**/*.spec.{ts,tsx}', '<rootDir>/test/{support,runner}/**/*.spec.ts'],
    },
    { ...common, displayName: 'integration', testMatch: ['<rootDir>/test/integration/**/*.spec.ts'] },
    {
      ...common,
      displayName: 'e2e',
      testMatch: ['<rootDir>/test/e2e/**/*.e2e-spec.ts'],
      globalSetup: '<rootDir>/test/support/shared-gateways.setup.ts',
      globalTeardown: '<rootDir>/test/support/shared-gateways.teardown.ts',
    },
    { ...common, displayName: 'faults', testMatch: ['<rootDir>/test/faults/**/*.spec.ts'] },
  ],
};
