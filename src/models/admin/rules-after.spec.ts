import { rulesAfter } from './rules-after';

describe('the rules of a model after a change', () => {
  it.each([
    [null, undefined, null],
    [null, {}, null],
    [null, { shared: false }, { shared: false }],
    [{ shared: false }, undefined, { shared: false }],
    [{ shared: false }, { ttl_seconds: 9 }, { shared: false, ttl_seconds: 9 }],
    [
      { shared: false, ttl_seconds: 9 },
      { ttl_seconds: null, max_ttl_seconds: 5 },
      { shared: false, max_ttl_seconds: 5 },
    ],
    [{ shared: false }, { shared: null }, null],
    [{ shared: false }, null, null],
  ])('%j and %j: %j', (before, changes, after) => expect(rulesAfter(before, changes)).toEqual(after));
});
