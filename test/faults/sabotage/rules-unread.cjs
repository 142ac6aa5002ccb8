// spec: test/faults/invalidation.spec.ts
// Rules of invalidation are written and not applied.
const { replace } = require('../replace.cjs');
const { RuleBook } = require('../../../dist/src/cache/invalidation/rule-book.js');
replace(RuleBook.prototype, 'retires', () => () => false);
