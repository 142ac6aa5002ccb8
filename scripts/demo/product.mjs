import { createRequire } from 'node:module';
import { join } from 'node:path';

const dist = join(import.meta.dirname, '../../dist');
const require = createRequire(join(dist, 'src/main.js'));
require('reflect-metadata');

/** A module of the built gateway, as `ledger/ledger.service`: the demo's history is written by the gateway's own code. */
export function product(name) {
  return require(join(dist, 'src', `${name}.js`));
}
