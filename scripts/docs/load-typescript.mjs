import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { transformSync } from '@swc/core';

const require = createRequire(import.meta.url);
const root = join(import.meta.dirname, '../..');

// Node 20 does not read TypeScript; tests compile it with the same package.
require.extensions['.ts'] = (module, file) => {
  const { code } = transformSync(readFileSync(file, 'utf8'), {
    filename: file,
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      target: 'es2022',
      baseUrl: root,
      paths: { '@thriftgate/*': ['libs/*/src'] },
    },
    module: { type: 'commonjs' },
  });
  // oxlint-disable-next-line no-underscore-dangle -- the name that Node gave it
  module._compile(code, file);
};

/** Loads a module of the sources, without a build. @param path from the root of the repository */
export const load = (path) => require(join(root, path));
