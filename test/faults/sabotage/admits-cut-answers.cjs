// Breaks C3 on purpose: what an answer ended with does not matter, only that it was paid for.
const admission = require('../../../dist/src/cache/admission.js');
const { refusal } = admission;
admission.refusal = (answer) => refusal({ ...answer, endedCleanly: true });
