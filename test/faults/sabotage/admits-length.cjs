// spec: test/faults/admission.spec.ts
// A response that ended at its length limit is stored as a complete one.
const { replace } = require('../replace.cjs');
const admission = require('../../../dist/src/cache/admission.js');
replace(admission, 'notCacheableReason', (reasonOf) => ({ facts, ...answer }) => {
  const finishReasons = facts.finishReasons.map((reason) => (reason === 'length' ? 'stop' : reason));
  return reasonOf({ ...answer, facts: { ...facts, finishReasons } });
});
