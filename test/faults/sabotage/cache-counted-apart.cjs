// spec: test/e2e/cache-stats.e2e-spec.ts
// The cache counters are updated seconds after the rows have ended, in a separate statement.
const { Client } = require('pg');
const { replace } = require('../replace.cjs');
const COUNTED = /, cache_rolled AS \(([\s\S]*?)\n {2}\)(?=, moved AS)/;
const LATER_MS = 5_000;
replace(
  Client.prototype,
  'query',
  (query) =>
    function (config, values, ...rest) {
      const text = typeof config === 'string' ? config : config?.text;
      const counted = typeof text === 'string' ? COUNTED.exec(text) : null;
      if (!counted || !text.includes('json_populate_recordset') || typeof config !== 'string')
        return query.call(this, config, values, ...rest);
      const later = `WITH ended AS (SELECT * FROM json_populate_recordset(NULL::ledger, $1::json) WHERE state <> 'dispatched') ${counted[1]}`;
      setTimeout(() => void query.call(this, later, [values[0]]).catch(() => undefined), LATER_MS);
      return query.call(this, text.replace(COUNTED, ''), values, ...rest);
    },
);
