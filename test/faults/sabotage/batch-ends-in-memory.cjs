// spec: test/faults/batch-ends.spec.ts
// The end of a batch is committed, and its alert is stored after that.
const { replace } = require('../replace.cjs');
const { AlertsService } = require('../../../dist/src/alerts/alerts.service.js');

replace(AlertsService.prototype, 'record', () => async (alert) => ({ later: alert }));
replace(
  AlertsService.prototype,
  'publish',
  (publish) =>
    function (alert) {
      if (alert.later) this.raise(alert.later);
      else publish.call(this, alert);
    },
);
