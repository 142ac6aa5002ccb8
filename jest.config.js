/** Nest 12 and a few other packages are ESM only; Jest on Node 20 takes them once they are compiled to CommonJS. */
const esmPackages = [
  '@nestjs',
  'ansi-regex',
  'content-disposition',
  'cookie',
  'file-type',
  'get-east-asian-width',
  'p-limit',
  'string-width',
  'strip-ansi',
];

const common = {
  rootDir: __dirname,
  testEnvironment: 'node',
  moduleFileExtensions: ['ts', 'js', 'mjs', 'json'],
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

module.exports = {
  // Long, because a loaded machine is slow: what hangs is found all the same.
  testTimeout: 120_000,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['<rootDir>/{src,libs}/**/*.spec.ts', '<rootDir>/test/{support,runner}/**/*.spec.ts'],
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
