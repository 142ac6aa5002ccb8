// spec: test/faults/batch-ends.spec.ts
// The end of a batch is committed, and its alert is stored after that.
const { replace } = require('../replace.cjs');
const { AlertsService } = require('../../../dist/src/alerts/alerts.service.js');

replace(
  AlertsService.prototype,
  'record',
  () =>
    async function (alert) {
      setTimeout(() => this.raise(alert));
    },
);
