// spec: test/faults/invalidation.spec.ts
// Invalidation rules are stored but not applied.
const { replace } = require('../replace.cjs');
const { RuleBook } = require('../../../dist/src/cache/invalidation/rule-book.js');
replace(RuleBook.prototype, 'retires', () => () => false);
