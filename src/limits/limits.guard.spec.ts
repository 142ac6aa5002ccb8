import { type CanActivate, Controller, type ExecutionContext, Get, Global, Module, Post } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import type { FastifyRequest } from 'fastify';
import { Clock } from '../common/clock';
import type { ErrorBody } from '../common/errors';
import { FailedRequests } from '../http/failed-requests.service';
import { GatewayErrorFilter } from '../http/gateway-error.filter';
import { RedisConnection } from '../redis/redis.connection';
import { LimitsGuard } from './limits.guard';
import { LimitsModule } from './limits.module';

/** Reads the limit of the call from a header, in place of AuthGuard. */
class FakeAuthGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    const { key, rpm, name } = request.headers as { key?: string; rpm?: string; name?: string };
    if (key) {
      const rpmLimit = rpm === undefined ? null : Number(rpm);
      request.caller = { role: 'member', teamId: 'team_1', keyId: key, models: null, rpmLimit, keyName: name };
    }
    return true;
  }
}

@Controller()
class Routes {
  @Post('v1/chat/completions') chat() {
    return {};
  }
  @Post('v1/files') files() {
    return {};
  }
  @Get('v1/models') models() {
    return {};
  }
  @Post('admin/teams') teams() {
    return {};
  }
}

@Global()
@Module({
  providers: [Clock, { provide: RedisConnection, useValue: { isReady: false } }],
  exports: [Clock, RedisConnection],
})
class Surroundings {}

describe('the limit of requests a minute', () => {
  let app: NestFastifyApplication;

  beforeAll(async () => {
    const module = await Test.createTestingModule({
      imports: [Surroundings, LimitsModule],
      controllers: [Routes],
      providers: [
        { provide: APP_GUARD, useClass: FakeAuthGuard },
        { provide: APP_GUARD, useExisting: LimitsGuard },
      ],
    }).compile();
    app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter());
    app.useGlobalFilters(new GatewayErrorFilter(new FailedRequests()));
    await app.init();
  });
  afterAll(() => app.close());

  const post = (url: string, headers: Record<string, string>) => app.inject({ method: 'POST', url, headers });

  it('counts over all routes, sends the remaining requests, and refuses with an OpenAI-shaped error', async () => {
    const first = await post('/v1/chat/completions', { key: 'key_a', rpm: '2' });
    expect(first.statusCode).toBe(201);
    expect(first.headers).toMatchObject({
      'x-ratelimit-limit-requests': '2',
      'x-ratelimit-remaining-requests': '1',
      'x-ratelimit-reset-requests': '1m0s',
    });
    expect((await post('/v1/files', { key: 'key_a', rpm: '2' })).headers['x-ratelimit-remaining-requests']).toBe('0');

    const refused = await post('/v1/chat/completions', { key: 'key_a', rpm: '2' });
    expect(refused.statusCode).toBe(429);
    expect(refused.json<ErrorBody>().error).toMatchObject({
      type: 'rate_limit_error',
      code: 'rate_limit_exceeded',
      param: null,
    });
    expect(refused.json<ErrorBody>().error.message).toMatch(/key_a: 2 requests per minute/);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThanOrEqual(59);
    expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
    expect(refused.headers).toMatchObject({ 'x-ratelimit-limit-requests': '2', 'x-ratelimit-remaining-requests': '0' });
    expect(refused.headers['x-ratelimit-reset-requests']).toMatch(/^(1m0s|59(\.\d+)?s)$/);
    expect(refused.headers).not.toHaveProperty('retry-after-requests');
  });

  it('N9: names the key', async () => {
    const named = { key: 'key_n', rpm: '1', name: 'nightly' };
    await post('/v1/files', named);
    expect((await post('/v1/files', named)).json<ErrorBody>().error.message).toMatch(
      /^Rate limit reached for key nightly \(key_n\): 1 /,
    );
  });

  it('recognises the route in any spelling of its path', async () => {
    await post('/v1/chat/completions', { key: 'key_b', rpm: '1' });
    expect((await post('/%76%31/chat/completions', { key: 'key_b', rpm: '1' })).statusCode).toBe(429);
  });

  it('does not count reads, admin routes, or calls without a key or a limit', async () => {
    await post('/v1/chat/completions', { key: 'key_c', rpm: '1' });
    const responses = [
      await app.inject({ method: 'GET', url: '/v1/models', headers: { key: 'key_c', rpm: '1' } }),
      await post('/admin/teams', { key: 'key_c', rpm: '1' }),
      await post('/v1/chat/completions', { key: 'key_c' }),
      await post('/v1/chat/completions', {}),
    ];
    for (const response of responses) {
      expect(response.statusCode).toBeLessThan(300);
      expect(response.headers).not.toHaveProperty('x-ratelimit-limit-requests');
    }
  });
});
