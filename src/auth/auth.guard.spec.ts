import { Controller, Get } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { Public, Roles } from '../http/access.decorators';
import { type Caller, CurrentCaller } from '../common/caller';
import type { ErrorBody } from '../common/errors';
import { FailedRequests } from '../http/failed-requests.service';
import { GatewayErrorFilter } from '../http/gateway-error.filter';
import { ApiKeyDirectory, type KeyEnd } from '../keys/api-key-directory.service';
import { AdminKey } from './admin-key.service';
import { NamedIds } from './named-ids.service';
import { AuthGuard } from './auth.guard';

const MEMBER: Caller = { role: 'team_member', teamId: 'team_1', keyId: 'key_1', models: null, rpmLimit: null };
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

@Controller()
class Routes {
  @Get('v1/models') models(@CurrentCaller() caller: Caller) {
    return caller;
  }
  @Public()
  @Get('health/live')
  live() {
    return {};
  }
}

@Roles('platform_admin')
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
        { provide: NamedIds, useValue: { check: () => Promise.resolve() } },
        { provide: APP_GUARD, useExisting: AuthGuard },
        {
          provide: ApiKeyDirectory,
          useValue: {
            find: (key: string) => (key === 'sk-tg-member' ? MEMBER : undefined),
            lookUp: (key: string) => Promise.resolve(LOOKED_UP[key]),
            callerOf: (keyId: string) => (keyId === MEMBER.keyId ? MEMBER : undefined),
          },
        },
        {
          provide: AdminKey,
          useValue: { find: (key: string) => (key === 'administrator' ? ADMINISTRATOR : undefined) },
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
      const request = { headers: {}, caller: { ...MEMBER, keyId, models: [] } };
      const http = { getRequest: () => request, getResponse: () => ({ header: () => undefined }) };
      const handler = () => undefined;
      guard.canActivate({ getHandler: () => handler, getClass: () => Routes, switchToHttp: () => http } as never);
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

  it('allows public routes without a key', async () => {
    expect((await get('/health/live')).statusCode).toBe(200);
    expect((await get('/health/live', { authorization: 'Bearer wrong' })).statusCode).toBe(200);
  });

  it('refuses routes with a role to callers without it', async () => {
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
