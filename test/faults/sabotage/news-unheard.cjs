// Breaks the gateway on purpose: changes are not announced, only found by polling. The bar of 100 ms must then go red.
const { NewsStore } = require('../../../dist/src/redis/news.store.js');
NewsStore.prototype.publish = () => undefined;
