// Breaks the gateway on purpose: no process hears of another one's changes. The bar of invalidations must then go red.
const { ChangeFeed } = require('../../../dist/src/database/change-feed.service.js');
ChangeFeed.prototype.onApplicationBootstrap = function () {
  this.onlyKeys = setInterval(() => void this.reload('keys').catch(() => undefined), 200).unref();
};
