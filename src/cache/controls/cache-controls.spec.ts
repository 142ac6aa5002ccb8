import { parseCacheControls } from './cache-controls';

describe('cache controls', () => {
  it('reads and writes where nothing is asked', () => {
    expect(parseCacheControls({}, undefined)).toMatchObject({ read: true, write: true, onlyIfCached: false });
  });

  it.each([
    [{ use_cache: false }, undefined, { read: false, write: false }],
    [{ use_cache: true }, undefined, { read: true, write: true }],
    [{ cache: { 'no-cache': true } }, undefined, { read: false, write: true }],
    [{ cache: { 'no-store': true } }, undefined, { read: true, write: false }],
    [
      { cache: { ttl: 60, 's-maxage': 30, namespace: 'a' } },
      undefined,
      { ttlSeconds: 60, maxAgeSeconds: 30, namespace: 'a' },
    ],
    [{}, 'no-cache', { read: false, write: true }],
    [{}, 'No-Store', { read: true, write: false }],
    [{}, 'no-cache, no-store', { read: false, write: false }],
    [{}, 'max-age=0', { maxAgeSeconds: 0 }],
    [{}, 'only-if-cached, max-age="60"', { onlyIfCached: true, maxAgeSeconds: 60 }],
    [{ cache: { 's-maxage': 30 } }, 'max-age=60', { maxAgeSeconds: 30 }],
    [{}, 'private, x-unknown=1', { read: true, write: true }],
  ])('%j and %j', (body, header, expected) => {
    expect(parseCacheControls(body, header)).toMatchObject(expected);
  });

  it.each([
    [{ use_cache: 'no' }, undefined, 'use_cache'],
    [{ cache: true }, undefined, 'cache'],
    [{ cache: { ttl: 0 } }, undefined, 'cache.ttl'],
    [{ cache: { ttl: 1.5 } }, undefined, 'cache.ttl'],
    [{ cache: { ttl: '60' } }, undefined, 'cache.ttl'],
    [{ cache: { 's-maxage': -1 } }, undefined, 'cache.s-maxage'],
    [{ cache: { namespace: '' } }, undefined, 'cache.namespace'],
    [{ cache: { tll: 60 } }, undefined, 'cache.tll'],
    [{}, 'max-age=soon', 'Cache-Control'],
  ])('names the member that is wrong in %j %j', (body, header, param) => {
    expect(() => parseCacheControls(body, header)).toThrow(expect.objectContaining({ code: 'invalid_request', param }));
  });
});
