// spec: test/faults/native-batches.spec.ts
// env: NATIVE_KILLS=6
// A batch whose creation broke off is made again without a look at the vendor's list.
const { replace } = require('../replace.cjs');
const { VendorBatches } = require('../../../dist/src/batch/native/vendor-batches.service.js');

replace(VendorBatches.prototype, 'find', () => async () => 'none');
