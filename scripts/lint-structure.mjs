// Checks what dependency-cruiser cannot: sibling folders have no import cycle, and each table has one owning feature.
// `node scripts/lint-structure.mjs [root]`; the owners and the exceptions are in `scripts/structure.json` of the root.
import { join } from 'node:path';
import { structureFaults } from './structure/structure-faults.mjs';

const faults = structureFaults(process.argv[2] ?? join(import.meta.dirname, '..'));
for (const fault of faults) console.error(`  error ${fault}`);
console.log(faults.length === 0 ? '✔ no structure violations found' : `x ${faults.length} structure violations`);
process.exitCode = faults.length === 0 ? 0 : 1;
