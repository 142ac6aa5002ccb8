// spec: test/faults/redis-values.spec.ts
// Every response in Redis has the same checksum, whatever became of its bytes.
const { replace } = require('../replace.cjs');
replace(require('node:zlib'), 'crc32', () => () => 1);
