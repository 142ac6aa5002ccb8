import type { Caller, KeyCacheRules } from '../../common/caller';
import type { Model } from '../../models/model';
import { parseCacheControls } from '../controls/cache-controls';
import { grantedControls } from './granted-controls';

const modelWith = (cache: Partial<Model['cache']>): Model => ({
  name: 'gpt-4.1',
  ownedBy: 'openai',
  deployments: [],
  family: 'gpt-4.1',
  target: 'openai/gpt-4.1',
  cache: { ttlSeconds: 600, storeToolCalls: false, ignoreFingerprint: false, ...cache },
  maxOutputTokens: undefined,
  reasons: false,
});
const callerWith = (cache?: KeyCacheRules): Caller => ({
  role: 'member',
  teamId: 'team_1',
  keyId: 'key_1',
  models: null,
  rpmLimit: null,
  cache,
});

describe('cache rules', () => {
  it('leave the controls unchanged where none are set', () => {
    const sent = parseCacheControls({ cache: { ttl: 60 } });
    expect(grantedControls(sent, modelWith({}), callerWith())).toBe(sent);
    expect(grantedControls(sent, modelWith({ enabled: true, shared: false }), callerWith({ shared: false }))).toBe(
      sent,
    );
  });

  it.each<[Partial<Model['cache']>, KeyCacheRules | undefined, object]>([
    [{ enabled: false }, undefined, { read: false, write: false }],
    [{}, { enabled: false }, { read: false, write: false }],
    [{ enabled: false }, { enabled: true }, { read: false, write: false }],
    [{ maxTtlSeconds: 30 }, undefined, { read: true, write: true, maxTtlSeconds: 30 }],
    [{}, { maxTtlSeconds: 30 }, { maxTtlSeconds: 30 }],
    [{ maxTtlSeconds: 20 }, { maxTtlSeconds: 30 }, { maxTtlSeconds: 20 }],
    [{ maxTtlSeconds: 40 }, { maxTtlSeconds: 30 }, { maxTtlSeconds: 30 }],
  ])('model %j and key %j', (model, key, granted) => {
    expect(grantedControls(parseCacheControls({}), modelWith(model), callerWith(key))).toMatchObject(granted);
  });

  it('never grant more than was sent', () => {
    const sent = parseCacheControls({ cache: { 'no-store': true } });
    expect(grantedControls(sent, modelWith({ maxTtlSeconds: 9 }), callerWith())).toMatchObject({ write: false });
  });

  it.each<[object, Record<string, string>, string[], string | undefined]>([
    [{}, {}, [], undefined],
    [{ use_cache: true, cache: { 'no-cache': false } }, { 'x-openrouter-cache': 'true' }, [], undefined],
    [{ cache: { ttl: 60 } }, {}, ['ttl'], undefined],
    [{ cache: { ttl: 60 } }, {}, ['no-cache'], 'cache.ttl'],
    [{ cache: { ttl: 60, 'no-cache': true } }, {}, ['no-cache'], 'cache.ttl'],
    [{ use_cache: false }, {}, ['no-cache', 'no-store'], 'use_cache'],
    [{}, { 'cache-control': 'max-age=5' }, ['s-maxage'], undefined],
    [{}, { 'cache-control': 'max-age=5' }, ['ttl'], 'Cache-Control'],
    [{}, { 'cf-aig-skip-cache': 'true' }, ['use-cache'], undefined],
    [{}, { 'cf-aig-cache-ttl': '60' }, [], 'cf-aig-cache-ttl'],
    [{}, { 'x-portkey-cache-namespace': 'a' }, ['ttl'], 'x-portkey-cache-namespace'],
  ])('%j with %j where %j is allowed: %s', (body, headers, allowedControls, param) => {
    const grant = () =>
      grantedControls(parseCacheControls({ ...body }, headers), modelWith({}), callerWith({ allowedControls }));
    if (param === undefined) expect(grant).not.toThrow();
    else expect(grant).toThrow(expect.objectContaining({ code: 'cache_control_not_allowed', status: 403, param }));
  });

  it('name the refused control and the allowed ones', () => {
    const sent = parseCacheControls({}, { 'cf-aig-skip-cache': 'true' });
    const caller = callerWith({ allowedControls: ['ttl', 'no-cache'] });
    expect(() => grantedControls(sent, modelWith({}), caller)).toThrow(
      "This key may not use the cache control 'use-cache' (cf-aig-skip-cache). It may use: ttl, no-cache.",
    );
  });
});
