// Breaks C3 on purpose: an answer that ended at its limit is taken for a whole one.
const admission = require('../../../dist/src/cache/admission.js');
const { refusal } = admission;
admission.refusal = ({ facts, ...answer }) => {
  const finishReasons = facts.finishReasons.map((reason) => (reason === 'length' ? 'stop' : reason));
  return refusal({ ...answer, facts: { ...facts, finishReasons } });
};
