// Breaks the gateway on purpose: changes are not announced, only found by polling. The bar of 100 ms must then go red.
const { PubSubStore } = require('../../../dist/src/redis/pub-sub.store.js');
PubSubStore.prototype.publish = () => undefined;
