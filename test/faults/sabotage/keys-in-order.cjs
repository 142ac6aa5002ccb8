// Breaks C2 on purpose: the order in which the members of messages are written is part of the key.
const keys = require('../../../dist/src/cache/key/cache-key.js');
const { cacheKey } = keys;
keys.cacheKey = (parts, body) => cacheKey(parts, { ...body, order: Object.keys(body.messages[0]).join() });
