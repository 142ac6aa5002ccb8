import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(join(import.meta.dirname, '../../../.ci/clients/package.json'));

/** A package of `package.json` here, which `.ci/run` installs apart from those of the gateway. */
export function installed(name) {
  return require(name);
}
