import { Controller, Get } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Public, Requires } from '../http/access.decorators';
import { type Caller, CurrentCaller } from '../common/caller';
import type { ErrorBody } from '../common/errors';
import { FailedRequests } from '../http/failed-requests.service';
import { GatewayErrorFilter } from '../http/gateway-error.filter';
import { ApiKeyDirectory, type KeyEnd } from '../keys/api-key-directory.service';
import { AdminKey } from './admin-key.service';
import { GatewayConfig } from '../config/gateway-config';
import { CallerIdentity } from './caller-identity.service';
import { KeyFinder } from './key-finder.service';
import { SessionCookie } from './sessions/session-cookie';
import { SessionDirectory, type SignedIn } from './sessions/session-directory.service';
import { NamedIds } from './named-ids.service';
import { NarrowingService } from './narrowing.service';
import { KeysService } from '../keys/keys.service';
import { AuthGuard } from './auth.guard';

const MEMBER: Caller = { role: 'member', teamId: 'team_1', keyId: 'key_1', models: null, rpmLimit: null };
const ADMINISTRATOR: Caller = {
  role: 'platform_admin',
  teamId: 'team_platform',
  keyId: 'admin',
  models: null,
  rpmLimit: null,
};

const at = new Date('2026-11-28T10:00:00Z');
const LOOKED_UP: Record<string, Caller | KeyEnd> = {
  'sk-tg-new': MEMBER,
  'sk-tg-revoked': { how: 'revoked', at },
  'sk-tg-replaced': { how: 'replaced', at },
  'sk-tg-expired': { how: 'expired', at },
};

const SIGNED_IN: Record<string, SignedIn> = {
  token: { sessionId: 'session_1', endsAt: new Date(0), caller: ADMINISTRATOR },
};

@Controller()
class Routes {
  @Requires('api:use')
  @Get('v1/models')
  models(@CurrentCaller() caller: Caller) {
    return caller;
  }
  @Get('v1/forgotten') forgotten() {
    return {};
  }
  @Public()
  @Get('health/live')
  live() {
    return {};
  }
}

@Requires('teams:write')
@Controller('admin')
class AdminRoutes {
  @Get('teams') teams(@CurrentCaller() caller: Caller) {
    return caller;
  }
}

describe('AuthGuard', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      controllers: [Routes, AdminRoutes],
      providers: [
        AuthGuard,
        NarrowingService,
        { provide: KeysService, useValue: {} },
        { provide: NamedIds, useValue: { check: () => Promise.resolve() } },
        { provide: APP_GUARD, useExisting: AuthGuard },
        CallerIdentity,
        KeyFinder,
        {
          provide: SessionDirectory,
          useValue: { find: (token: string) => SIGNED_IN[token], lookUp: () => Promise.resolve() },
        },
        { provide: SessionCookie, useValue: new SessionCookie(undefined) },
        { provide: GatewayConfig, useValue: {} },
        {
          provide: ApiKeyDirectory,
          useValue: {
            find: (key: string) => (key === 'sk-tg-member' ? MEMBER : undefined),
            lookUp: (key: string) => Promise.resolve(LOOKED_UP[key]),
            working: (keyId: string) => (keyId === MEMBER.keyId ? MEMBER : undefined),
          },
        },
        {
          provide: AdminKey,
          useValue: {
            find: (key: string) => (key === 'administrator' ? ADMINISTRATOR : undefined),
            withId: (keyId: string) => (keyId === ADMINISTRATOR.keyId ? ADMINISTRATOR : undefined),
          },
        },
      ],
    }).compile();
    app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    app.useGlobalFilters(new GatewayErrorFilter(new FailedRequests()));
    await app.init();
  });
  afterAll(() => app.close());

  const get = (url: string, headers: Record<string, string | undefined> = {}) => app.inject({ url, headers });

  it.each([{ authorization: 'Bearer sk-tg-member' }, { 'x-api-key': 'sk-tg-member' }, { 'api-key': 'sk-tg-member' }])(
    'identifies the caller by %j',
    async (headers) => expect((await get('/v1/models', headers)).json()).toEqual(MEMBER),
  );

  it.each([
    [{}, /did not provide an API key/],
    [{ authorization: 'Basic dTpw' }, /malformed/],
    [
      { authorization: 'Bearer sk-tg-0123456789012345678901234567' },
      /^Incorrect API key provided: sk-tg-01\*\*\*4567\. .*administrator/,
    ],
  ])('refuses %j with a helpful message', async (headers, words) => {
    const response = await get('/v1/models', headers);
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(response.json<ErrorBody>().error).toMatchObject({
      code: 'invalid_api_key',
      message: expect.stringMatching(words),
    });
  });

  it('takes the present rights of a caller whose key was looked up before its body was read', () => {
    const guard = app.get(AuthGuard);
    const canActivate = (keyId: string) => {
      const request = { headers: {}, routeOptions: {}, caller: { ...MEMBER, keyId, models: [] } };
      const http = { getRequest: () => request, getResponse: () => ({ header: () => undefined }) };
      guard.canActivate({
        getHandler: () => Routes.prototype.models,
        getClass: () => Routes,
        switchToHttp: () => http,
      } as never);
      return request.caller;
    };
    expect(canActivate(MEMBER.keyId)).toBe(MEMBER);
    // A key that was revoked meanwhile is looked up again, and here there is none.
    expect(() => canActivate('key_revoked')).toThrow(/did not provide an API key/);
  });

  it('N13: waits for the look-up of a key that is not in memory', async () => {
    expect((await get('/v1/models', { 'x-api-key': 'sk-tg-new' })).json()).toEqual(MEMBER);
    expect((await get('/admin/teams', { 'x-api-key': 'sk-tg-new' })).statusCode).toBe(403);
  });

  it.each(['revoked', 'replaced', 'expired'])('N18: says when a key was %s', async (how) => {
    const response = await get('/v1/models', { 'x-api-key': `sk-tg-${how}` });
    expect(response.statusCode).toBe(401);
    expect(response.headers['www-authenticate']).toBe('Bearer');
    expect(response.json<ErrorBody>().error).toMatchObject({
      code: 'invalid_api_key',
      message: expect.stringMatching(new RegExp(`^This API key .*${how} .*at 2026-11-28T10:00:00.000Z\\. `)),
    });
  });

  it('takes a session under /admin, and nowhere else', async () => {
    const cookie = 'other=1; tg_session=token';
    expect((await get('/admin/teams', { cookie })).json()).toEqual(ADMINISTRATOR);
    expect((await get('/v1/models', { cookie })).statusCode).toBe(401);
    expect((await get('/admin/teams', { cookie: 'tg_session=unknown' })).statusCode).toBe(401);
    // With a key the key decides.
    expect((await get('/admin/teams', { cookie, authorization: 'Bearer sk-tg-member' })).statusCode).toBe(403);
    expect((await get('/admin/teams', { cookie, authorization: 'Bearer wrong' })).statusCode).toBe(401);
  });

  it('allows public routes without a key', async () => {
    expect((await get('/health/live')).statusCode).toBe(200);
    expect((await get('/health/live', { authorization: 'Bearer wrong' })).statusCode).toBe(200);
  });

  it('refuses a route that names no permission to everybody', async () => {
    for (const key of ['sk-tg-member', 'administrator'])
      expect((await get('/v1/forgotten', { authorization: `Bearer ${key}` })).statusCode).toBe(403);
  });

  it('refuses routes to callers whose role has not their permission', async () => {
    const refused = await get('/admin/teams', { authorization: 'Bearer sk-tg-member' });
    expect(refused.statusCode).toBe(403);
    expect(refused.json<ErrorBody>().error.code).toBe('forbidden');
    expect((await get('/admin/teams')).statusCode).toBe(401);
  });

  it('allows the administrator on every route', async () => {
    for (const url of ['/admin/teams', '/v1/models']) {
      expect((await get(url, { authorization: 'Bearer administrator' })).json()).toEqual(ADMINISTRATOR);
    }
  });
});
