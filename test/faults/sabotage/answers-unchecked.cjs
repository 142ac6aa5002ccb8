// spec: test/faults/redis-values.spec.ts
// Every response in Redis has the same checksum, also if its bytes changed.
const { replace } = require('../replace.cjs');
replace(require('node:zlib'), 'crc32', () => () => 1);
