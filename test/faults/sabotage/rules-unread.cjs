// Breaks the gateway on purpose: rules are made, and nothing is held against them. The bar of invalidations must then go red.
const { RuleBook } = require('../../../dist/src/cache/invalidation/rule-book.js');
RuleBook.prototype.retires = () => false;
