// spec: test/faults/kill.spec.ts
// An attempt is sent before it is in the journal.
const { replace } = require('../replace.cjs');
const { Journal } = require('../../../dist/src/ledger/journal/journal.service.js');
replace(
  Journal.prototype,
  'append',
  (append) =>
    function (key, json) {
      if (!json.includes('"state":"dispatched"')) return append.call(this, key, json);
      return Promise.resolve();
    },
);
