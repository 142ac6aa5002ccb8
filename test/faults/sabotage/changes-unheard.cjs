// spec: test/faults/invalidation.spec.ts
// No instance reloads after another one's changes, except changes of keys.
const { replace } = require('../replace.cjs');
const { ChangeFeed } = require('../../../dist/src/database/change-feed.service.js');
replace(
  ChangeFeed.prototype,
  'onApplicationBootstrap',
  () =>
    function () {
      this.onlyKeys = setInterval(() => void this.reload('keys').catch(() => undefined), 200).unref();
    },
);
