import fc from 'fast-check';
import { parseCacheControls } from './cache-controls';
import { addDialectHeaders } from './dialect-headers';
import { CONTROL_HEADERS, type ControlHeaders, type Dialect, hasControlHeaders } from './header-controls';

const ALL = { read: true, write: true, onlyIfCached: false, ttlSeconds: undefined, maxAgeSeconds: undefined };
const BYPASS = { read: false, write: false };
const REFRESH = { read: false, write: true };
const NO_STORE = { read: true, write: false };
const cc = (value: string): ControlHeaders => ({ 'cache-control': value });

describe('cache controls', () => {
  it('read and write by default, and allocate nothing', () => {
    const headers = { authorization: 'Bearer x', 'content-type': 'application/json', 'user-agent': 'x' };
    expect(parseCacheControls({}, headers)).toMatchObject({
      ...ALL,
      namespace: undefined,
      directives: [],
      dialects: [],
    });
    expect(parseCacheControls({}, headers)).toBe(parseCacheControls({ model: 'm' }));
  });

  describe('in the body', () => {
    it.each([
      [{ use_cache: false }, BYPASS],
      [{ use_cache: true }, ALL],
      [{ use_cache: null, cache: null }, ALL],
      [{ cache: {} }, ALL],
      [{ cache: { 'no-cache': true } }, REFRESH],
      [{ cache: { 'no-cache': false, 'no-store': null } }, ALL],
      [{ cache: { 'no-store': true } }, NO_STORE],
      [{ cache: { 'use-cache': false } }, BYPASS],
      [{ cache: { 'use-cache': true } }, ALL],
      [{ use_cache: true, cache: { 'use-cache': false } }, BYPASS],
      [{ cache: { ttl: 60, 's-maxage': 30, namespace: 'a' } }, { ttlSeconds: 60, maxAgeSeconds: 30, namespace: 'a' }],
      [{ cache: { 's-max-age': 30 } }, { maxAgeSeconds: 30 }],
      [{ cache: { 'store-tool-calls': true } }, { ...ALL, storeToolCalls: true }],
      [{ cache: { 'store-tool-calls': false } }, { ...ALL, storeToolCalls: false }],
      [{ cache: { 's-max-age': 30, 's-maxage': 20 } }, { maxAgeSeconds: 20 }],
    ])('%j', (body, expected) => expect(parseCacheControls(body)).toMatchObject(expected));

    it.each([
      [{ use_cache: 'no' }, 'use_cache'],
      [{ cache: true }, 'cache'],
      [{ cache: [] }, 'cache'],
      [{ cache: { ttl: 0 } }, 'cache.ttl'],
      [{ cache: { ttl: 1.5 } }, 'cache.ttl'],
      [{ cache: { ttl: '60' } }, 'cache.ttl'],
      [{ cache: { ttl: 366 * 24 * 3600 } }, 'cache.ttl'],
      [{ cache: { 's-maxage': -1 } }, 'cache.s-maxage'],
      [{ cache: { namespace: '' } }, 'cache.namespace'],
      [{ cache: { namespace: 'x'.repeat(1_025) } }, 'cache.namespace'],
      [{ cache: { tll: 60 } }, 'cache.tll'],
      [JSON.parse('{"cache": {"__proto__": 1}}') as Record<string, unknown>, 'cache.__proto__'],
      [{ cache: { constructor: true } }, 'cache.constructor'],
    ])('refuse %j and name the member', (body, param) => {
      expect(() => parseCacheControls(body)).toThrow(expect.objectContaining({ code: 'invalid_request', param }));
    });
  });

  describe('in headers', () => {
    it.each<[ControlHeaders, object]>([
      [cc('no-cache'), REFRESH],
      [cc('No-Store'), NO_STORE],
      [cc('no-cache, no-store'), BYPASS],
      [cc('max-age=0'), { maxAgeSeconds: 0 }],
      [cc('s-maxage=90,max-age=60'), { maxAgeSeconds: 60 }],
      [cc('only-if-cached, max-age="60"'), { onlyIfCached: true, maxAgeSeconds: 60 }],
      [cc('private, x-unknown=1'), ALL],
      [cc(''), ALL],
      [{ 'cf-aig-skip-cache': 'true' }, BYPASS],
      [{ 'cf-aig-skip-cache': 'false' }, ALL],
      [{ 'cf-skip-cache': 'true' }, BYPASS],
      [{ 'cf-aig-cache-ttl': '3600' }, { ttlSeconds: 3600 }],
      [{ 'cf-aig-cache-ttl': '3600, 60' }, { ttlSeconds: 60 }],
      [{ 'cf-cache-ttl': '60' }, { ttlSeconds: 60 }],
      [{ 'cf-aig-cache-key': 'responseA' }, { ...ALL, namespace: 'responseA' }],
      [{ 'x-portkey-cache-force-refresh': 'True' }, REFRESH],
      [{ 'x-portkey-cache-force-refresh': 'false' }, ALL],
      [{ 'x-portkey-cache-namespace': 'user-123' }, { namespace: 'user-123' }],
      [
        { 'x-portkey-config': '{"cache":{"mode":"simple","max_age":3600},"retry":{"attempts":3}}' },
        { ttlSeconds: 3600 },
      ],
      [{ 'x-portkey-config': '{"cache":{"mode":"semantic"}}' }, ALL],
      [{ 'x-portkey-config': '{"cache":"simple"}' }, ALL],
      [{ 'x-portkey-config': '{"retry":{}}' }, ALL],
      [{ 'x-portkey-config': 'pc-cache-123' }, ALL],
      [{ 'x-openrouter-cache': 'true' }, ALL],
      [{ 'x-openrouter-cache': 'false' }, BYPASS],
      [{ 'x-openrouter-cache': 'true', 'x-openrouter-cache-ttl': '600' }, { ttlSeconds: 600 }],
      [{ 'x-openrouter-cache': 'true', 'x-openrouter-cache-clear': 'true' }, REFRESH],
      [{ 'x-openrouter-cache': ['true', 'false'] }, BYPASS],
    ])('%j', (headers, expected) => expect(parseCacheControls({}, headers)).toMatchObject(expected));

    it.each<[ControlHeaders, string]>([
      [cc('max-age=soon'), 'Cache-Control'],
      [cc('max-age'), 'Cache-Control'],
      [cc('s-maxage=-1'), 'Cache-Control'],
      [{ 'cf-aig-skip-cache': 'yes' }, 'cf-aig-skip-cache'],
      [{ 'cf-aig-skip-cache': '' }, 'cf-aig-skip-cache'],
      [{ 'cf-aig-cache-ttl': '0' }, 'cf-aig-cache-ttl'],
      [{ 'cf-aig-cache-ttl': '1h' }, 'cf-aig-cache-ttl'],
      [{ 'cf-aig-cache-key': '' }, 'cf-aig-cache-key'],
      [{ 'x-portkey-cache-force-refresh': '1' }, 'x-portkey-cache-force-refresh'],
      [{ 'x-portkey-config': '{"cache"' }, 'x-portkey-config'],
      [{ 'x-portkey-config': '{"cache":{"mode":"off"}}' }, 'x-portkey-config'],
      [{ 'x-portkey-config': '{"cache":{"mode":"simple","max_age":"1h"}}' }, 'x-portkey-config.cache.max_age'],
      [{ 'x-openrouter-cache': 'on' }, 'x-openrouter-cache'],
      [{ 'x-openrouter-cache-ttl': '1e3' }, 'x-openrouter-cache-ttl'],
      [{ 'x-openrouter-cache-clear': 'all' }, 'x-openrouter-cache-clear'],
    ])('refuse %j and name the header', (headers, param) => {
      expect(() => parseCacheControls({}, headers)).toThrow(
        expect.objectContaining({ code: 'invalid_request', param, message: expect.stringContaining(param) as string }),
      );
    });

    it('are all detected', () => {
      expect(CONTROL_HEADERS.filter(({ header }) => !hasControlHeaders({ [header]: '' }))).toEqual([]);
    });

    it('name their vendor, also where they carry no directive', () => {
      const headers = { 'cf-aig-skip-cache': 'false', 'x-openrouter-cache': 'true', 'cache-control': 'no-cache' };
      expect(parseCacheControls({}, headers).dialects).toEqual(['cloudflare', 'openrouter']);
    });
  });

  describe('C3: Cache-Control of a client of event streams', () => {
    const habit = { accept: 'application/json, Text/Event-Stream', ...cc('no-cache') };
    it.each<[string, object, ControlHeaders, boolean, object]>([
      ['is ignored on a stream', {}, habit, true, ALL],
      ['is ignored as max-age=0 too', {}, { ...habit, ...cc('max-age=0') }, true, ALL],
      ['counts on a whole response', {}, habit, false, REFRESH],
      ['counts without that Accept', {}, { ...habit, accept: '*/*' }, true, REFRESH],
      ['counts if the body says so', { cache: { 'no-cache': true } }, habit, true, REFRESH],
      ['counts as no-store', {}, { ...habit, ...cc('no-cache, no-store') }, true, NO_STORE],
      ['counts as max-age', {}, { ...habit, ...cc('max-age=60') }, true, { maxAgeSeconds: 60 }],
      ['leaves other headers', {}, { ...habit, 'x-portkey-cache-force-refresh': 'true' }, true, REFRESH],
    ])('%s', (_name, body, headers, streamed, expected) =>
      expect(parseCacheControls({ ...body }, headers, streamed)).toMatchObject(expected),
    );
  });

  it('list each directive with its control and the member or header that was sent', () => {
    const body = { use_cache: false, cache: { ttl: 9, 'no-cache': false } };
    const { directives } = parseCacheControls(body, { ...cc('max-age=5'), 'x-portkey-cache-namespace': 'n' });
    expect(directives.map(({ control, param }) => [control, param])).toEqual([
      ['use-cache', 'use_cache'],
      ['ttl', 'cache.ttl'],
      ['s-maxage', 'Cache-Control'],
      ['namespace', 'x-portkey-cache-namespace'],
    ]);
  });

  describe('together', () => {
    const seconds = fc.integer({ min: 1, max: 100_000 });
    const option = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
    const flag = fc.constantFrom('true', 'false', 'True');
    const name = fc.constantFrom('a', 'b', 'c');
    const bodies = fc.record(
      {
        use_cache: fc.boolean(),
        cache: fc.record(
          {
            ttl: seconds,
            's-maxage': seconds,
            's-max-age': seconds,
            'no-cache': fc.boolean(),
            'no-store': fc.boolean(),
            namespace: name,
            'use-cache': fc.boolean(),
          },
          { requiredKeys: [] },
        ),
      },
      { requiredKeys: [] },
    );
    const httpDirective = fc.oneof(
      fc.constantFrom('no-cache', 'no-store', 'only-if-cached', 'private'),
      seconds.map((age) => `max-age=${age}`),
    );
    const headerSets = fc
      .record({
        'cache-control': option(fc.array(httpDirective, { maxLength: 4 }).map((all) => all.join(', '))),
        'cf-aig-skip-cache': option(flag),
        'cf-aig-cache-ttl': option(seconds.map(String)),
        'cf-aig-cache-key': option(name),
        'x-portkey-cache-force-refresh': option(flag),
        'x-portkey-cache-namespace': option(name),
        'x-portkey-config': option(seconds.map((age) => JSON.stringify({ cache: { mode: 'simple', max_age: age } }))),
        'x-openrouter-cache': option(flag),
        'x-openrouter-cache-ttl': option(seconds.map(String)),
        'x-openrouter-cache-clear': option(flag),
      })
      .map((all): ControlHeaders => all);
    /** Each part of a request alone: every member of the body, every header, every directive. */
    const partsOf = ({ use_cache: use, cache }: { use_cache?: boolean; cache?: object }, headers: ControlHeaders) => [
      ...(use === undefined ? [] : [parseCacheControls({ use_cache: use })]),
      ...Object.entries(cache ?? {}).map(([member, value]) => parseCacheControls({ cache: { [member]: value } })),
      ...Object.entries(headers).flatMap(([header, value]) =>
        (header === 'cache-control' ? String(value ?? '').split(',') : [value]).map((part) =>
          parseCacheControls({}, { [header]: part }),
        ),
      ),
    ];
    const least = (values: (number | undefined)[]) =>
      values.reduce((a, b) => (a === undefined || (b !== undefined && b < a) ? b : a), undefined);

    it('merge to the strictest directive', () => {
      fc.assert(
        fc.property(bodies, headerSets, (body, headers) => {
          const parts = partsOf(body, headers);
          const names = [...new Set(parts.flatMap(({ namespace }) => namespace ?? []))].toSorted();
          expect(parseCacheControls(body, headers)).toMatchObject({
            read: parts.every(({ read }) => read),
            write: parts.every(({ write }) => write),
            onlyIfCached: parts.some(({ onlyIfCached }) => onlyIfCached),
            ttlSeconds: least(parts.map(({ ttlSeconds }) => ttlSeconds)),
            maxAgeSeconds: least(parts.map(({ maxAgeSeconds }) => maxAgeSeconds)),
            namespace: names.length > 1 ? JSON.stringify(names) : names[0],
          });
        }),
        { numRuns: 2_000 },
      );
    });

    it('do not depend on their order', () => {
      fc.assert(
        fc.property(bodies, headerSets, fc.infiniteStream(fc.nat()), (body, headers, order) => {
          const shuffled = <T extends object>(value: T): T =>
            Object.fromEntries(
              Object.entries(value)
                .map((entry) => [order.next().value ?? 0, entry] as const)
                .toSorted(([a], [b]) => a - b)
                .map(([, entry]) => entry),
            ) as T;
          const { directives: _one, ...one } = parseCacheControls(body, headers);
          const again = { ...shuffled(body), ...(body.cache && { cache: shuffled(body.cache) }) };
          const { directives: _other, ...other } = parseCacheControls(again, shuffled(headers));
          expect(other).toEqual(one);
        }),
        { numRuns: 2_000 },
      );
    });
  });
});

describe('the headers of other gateways in a response', () => {
  it.each<[Dialect, string, Record<string, string>]>([
    ['cloudflare', 'HIT', { 'cf-aig-cache-status': 'HIT' }],
    ['cloudflare', 'COALESCED', { 'cf-aig-cache-status': 'HIT' }],
    ['cloudflare', 'REFRESH', { 'cf-aig-cache-status': 'MISS' }],
    ['cloudflare', 'BYPASS', { 'cf-aig-cache-status': 'MISS' }],
    ['portkey', 'HIT', { 'x-portkey-cache-status': 'HIT' }],
    ['portkey', 'SEMANTIC_HIT', { 'x-portkey-cache-status': 'SEMANTIC HIT' }],
    ['portkey', 'COALESCED', { 'x-portkey-cache-status': 'HIT' }],
    ['portkey', 'MISS', { 'x-portkey-cache-status': 'MISS' }],
    ['portkey', 'REFRESH', { 'x-portkey-cache-status': 'REFRESH' }],
    ['portkey', 'BYPASS', { 'x-portkey-cache-status': 'DISABLED' }],
    ['openrouter', 'MISS', { 'x-openrouter-cache-status': 'MISS', 'x-openrouter-cache-ttl': '60' }],
    ['openrouter', 'BYPASS', { 'x-openrouter-cache-ttl': '60' }],
  ])('%s: %s', (dialect, status, vendorHeaders) => {
    const ours = { 'x-cache-status': status, 'x-cache-ttl': '60' };
    const headers = { ...ours };
    addDialectHeaders(headers, [dialect]);
    expect(headers).toEqual({ ...ours, ...vendorHeaders });
  });

  it('are absent where the request has none', () => {
    const headers = { 'x-cache-status': 'HIT', age: '3' };
    addDialectHeaders(headers, []);
    expect(headers).toEqual({ 'x-cache-status': 'HIT', age: '3' });
    addDialectHeaders(headers, ['openrouter']);
    expect(headers).toMatchObject({ 'x-openrouter-cache-status': 'HIT', 'x-openrouter-cache-age': '3' });
  });
});
