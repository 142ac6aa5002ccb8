// spec: test/e2e/batch-pacing.e2e-spec.ts
// Lines of batches take the slots of a deployment as live calls do.
const { replace } = require('../replace.cjs');
const { DeploymentSlots } = require('../../../dist/src/routing/slots.service.js');

replace(
  DeploymentSlots.prototype,
  'take',
  (take) =>
    function (deployment) {
      return take.call(this, deployment, false);
    },
);
