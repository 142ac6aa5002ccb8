// spec: test/faults/admission.spec.ts
// A response is stored although the upstream broke it off.
const { replace } = require('../replace.cjs');
const admission = require('../../../dist/src/cache/admission.js');
replace(admission, 'notCacheableReason', (reasonOf) => (answer) => reasonOf({ ...answer, endedCleanly: true }));
