// Breaks C3 on purpose: an answer that ended at its limit is taken for a whole one.
const admission = require('../../../dist/src/cache/admission.js');
const { notCacheableReason } = admission;
admission.notCacheableReason = ({ facts, ...answer }) => {
  const finishReasons = facts.finishReasons.map((reason) => (reason === 'length' ? 'stop' : reason));
  return notCacheableReason({ ...answer, facts: { ...facts, finishReasons } });
};
