// spec: test/faults/flex-lines.spec.ts
// A line whose flex tier has no room asks for the full price at once.
const { replace } = require('../replace.cjs');
const { LineStarts } = require('../../../dist/src/batch/ways/line-starts.service.js');

replace(
  LineStarts.prototype,
  'afterFlex',
  () =>
    function (_line, { only }) {
      if (only) this.ways.refusedTier(only);
      return only && 0;
    },
);
