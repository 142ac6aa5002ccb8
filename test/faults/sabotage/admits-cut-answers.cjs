// Breaks C3 on purpose: what an answer ended with does not matter, only that it was paid for.
const admission = require('../../../dist/src/cache/admission.js');
const { notCacheableReason } = admission;
admission.notCacheableReason = (answer) => notCacheableReason({ ...answer, endedCleanly: true });
