/** Loaded before a gateway: a call whose body has `[[crash]]` ends the process at once, as a fault of the engine would. */
const { replace } = require('../../faults/replace.cjs');
const { CallsService } = require('../../../dist/src/calls/calls.service.js');

replace(
  CallsService.prototype,
  'complete',
  (complete) =>
    function (call) {
      if (JSON.stringify(call.body.messages)?.includes('[[crash]]')) process.kill(process.pid, 'SIGKILL');
      return complete.call(this, call);
    },
);
