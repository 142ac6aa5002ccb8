// spec: test/faults/batch-savings.spec.ts
// Each line is sent, whether or not an earlier one asks the same.
const { replace } = require('../replace.cjs');
const { BatchPlan } = require('../../../dist/src/batch/plan/batch-plan.js');

replace(BatchPlan.prototype, 'isSame', () => () => false);
