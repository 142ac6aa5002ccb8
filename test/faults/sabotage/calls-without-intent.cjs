// Breaks the gateway on purpose: a try is made before it is in the journal. The kill bar must then go red.
const { Journal } = require('../../../dist/src/ledger/journal/journal.service.js');
const { append } = Journal.prototype;
Journal.prototype.append = function (key, json) {
  if (!json.includes('"state":"dispatched"')) return append.call(this, key, json);
  return Promise.resolve();
};
