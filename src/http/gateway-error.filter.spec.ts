import {
  BadRequestException,
  Body,
  Controller,
  ForbiddenException,
  Get,
  HttpException,
  Logger,
  NotFoundException,
  Param,
  PayloadTooLargeException,
  Post,
} from '@nestjs/common';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { ERROR_TABLE, type ErrorCode } from '../common/error-table';
import { GatewayError } from '../common/errors';
import { toGatewayError } from '../common/to-gateway-error';
import { FailedRequests } from './failed-requests.service';
import { GatewayErrorFilter } from './gateway-error.filter';

const withCode = (code: string, message = 'failed') => Object.assign(new Error(message), { code });
const withStatus = (statusCode: number, message = 'failed') => Object.assign(new Error(message), { statusCode });

describe('toGatewayError', () => {
  it('returns a GatewayError unchanged', () => {
    const error = new GatewayError('conflict');
    expect(toGatewayError(error)).toBe(error);
  });

  it.each([
    ['ECONNREFUSED'],
    ['ECONNRESET'],
    ['ENOTFOUND'],
    ['EAI_AGAIN'],
    ['ETIMEDOUT'],
    ['EHOSTUNREACH'],
    ['EPIPE'],
    ['08006'],
    ['57P01'],
    ['57P03'],
    ['53300'],
  ])('returns "unavailable" for the database error %s', (code) => {
    expect(toGatewayError(withCode(code))).toMatchObject({ code: 'unavailable', status: 503, retryAfterSeconds: 5 });
  });

  it.each(['Connection terminated unexpectedly', 'timeout exceeded when trying to connect'])(
    'returns "unavailable" for the pool error "%s"',
    (message) => expect(toGatewayError(new Error(message)).code).toBe('unavailable'),
  );

  it.each([
    [new PayloadTooLargeException('x'), 'request_too_large', 413],
    [withStatus(413), 'request_too_large', 413],
    [withStatus(415), 'unsupported_media_type', 415],
    [new NotFoundException('Cannot GET /v1/x'), 'not_found', 404],
    [new NotFoundException('Cannot GET /v1/JSON'), 'not_found', 404],
    [new HttpException('not this', 405), 'method_not_allowed', 405],
    [new BadRequestException('no such thing'), 'invalid_request', 400],
    [new ForbiddenException(), 'invalid_request', 400],
    [withStatus(431), 'invalid_request', 400],
    [
      new BadRequestException("Body is not valid JSON but content-type is set to 'application/json'"),
      'invalid_json',
      400,
    ],
    [withCode('FST_ERR_CTP_EMPTY_JSON_BODY'), 'invalid_json', 400],
    [Object.assign(new SyntaxError('Unexpected token'), { statusCode: 400 }), 'invalid_json', 400],
    [new SyntaxError('Unexpected token in a row of the database'), 'internal_error', 500],
    [new HttpException('gone wrong', 502), 'internal_error', 500],
    [withStatus(200), 'internal_error', 500],
    [withCode('23505', 'duplicate key value'), 'internal_error', 500],
    [withCode('42P01'), 'internal_error', 500],
    [new TypeError('x is not a function'), 'internal_error', 500],
    ['a text', 'internal_error', 500],
    [undefined, 'internal_error', 500],
    [null, 'internal_error', 500],
    [{ statusCode: '404' }, 'internal_error', 500],
  ])('converts case %#', (thrown, code, status) => expect(toGatewayError(thrown)).toMatchObject({ code, status }));

  it('keeps the message of an HTTP error and hides the message of an internal failure', () => {
    expect(toGatewayError(new BadRequestException('say when')).message).toBe('say when');
    const failure = toGatewayError(new Error('password of db-1 is wrong'));
    expect(JSON.stringify(failure.toBody())).not.toContain('db-1');
    expect(failure.cause).toBeInstanceOf(Error);
  });
});

@Controller()
class Thrower {
  @Post('echo')
  echo(@Body() body: unknown): unknown {
    return body;
  }

  @Get('busy')
  busy(): never {
    throw new GatewayError('rate_limit_exceeded', { retryAfterSeconds: 1.2 });
  }

  @Get('upstream/:status')
  upstream(@Param('status') status: string): never {
    throw new GatewayError('upstream_error', { upstream: { status: Number(status), type: 'x', code: 'x' } });
  }

  @Get('errors/:code')
  error(@Param('code') code: string): never {
    if (code === 'still_running') throw new GatewayError('conflict', { isFinal: false });
    if (code in ERROR_TABLE) throw new GatewayError(code as ErrorCode);
    throw new GatewayError('upstream_error', { upstream: { status: 502, type: 'upstream_error', code } });
  }

  @Get('broken')
  broken(): never {
    throw new Error('password of db-1 is wrong');
  }
}

describe('GatewayErrorFilter', () => {
  let app: NestFastifyApplication;
  beforeAll(async () => {
    Logger.overrideLogger(false);
    const module = await Test.createTestingModule({ controllers: [Thrower] }).compile();
    app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter({ bodyLimit: 64 }));
    app.useLogger(false);
    app.useGlobalFilters(new GatewayErrorFilter(new FailedRequests()));
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(() => app.close());

  const post = (payload: string, type = 'application/json') =>
    app.inject({ method: 'POST', url: '/echo', payload, headers: { 'content-type': type } });

  it.each([
    ['{"a":', 'application/json', 400, 'invalid_json'],
    ['{"__proto__":{"a":1}}', 'application/json', 400, 'invalid_json'],
    [`"${'x'.repeat(64)}"`, 'application/json', 413, 'request_too_large'],
    ['<a/>', 'application/xml', 415, 'unsupported_media_type'],
  ])('responds to the body %j of %s with %i %s', async (payload, type, status, code) => {
    const response = await post(payload, type);
    expect([response.statusCode, response.headers['content-type']]).toEqual([
      status,
      'application/json; charset=utf-8',
    ]);
    expect(response.json()).toEqual({
      error: { message: expect.any(String) as string, type: 'invalid_request_error', param: null, code },
    });
  });

  it.each(['/nowhere', '/nowhere/JSON'])('responds to %s with 404', async (url) => {
    const response = await app.inject({ method: 'GET', url });
    expect([response.statusCode, response.json<{ error: { code: string } }>().error.code]).toEqual([404, 'not_found']);
  });

  it('sends Retry-After in whole seconds', async () => {
    const response = await app.inject({ method: 'GET', url: '/busy' });
    expect([response.statusCode, response.headers['retry-after']]).toEqual([429, '2']);
  });

  it.each([
    [429, '1'],
    [503, '5'],
    [502, undefined],
  ])('sends with a %i whose upstream names no wait Retry-After: %s', async (status, wait) => {
    const response = await app.inject({ method: 'GET', url: `/upstream/${status}` });
    expect([response.statusCode, response.headers['retry-after']]).toEqual([status, wait]);
  });

  it.each([
    ['conflict', 'false'],
    ['cache_only_miss', 'false'],
    ['idempotency_result_unknown', 'false'],
    ['upstream_auth', 'false'],
    ['upstream_billing', 'false'],
    ['still_running', undefined],
    ['upstream_rate_limited', undefined],
    ['unavailable', undefined],
    ['internal_error', undefined],
    ['rate_limit_exceeded', undefined],
  ])('C7: tells clients not to repeat where no repeat helps: %s', async (code, header) => {
    const response = await app.inject({ method: 'GET', url: `/errors/${code}` });
    expect(response.headers['x-should-retry']).toBe(header);
  });

  it('hides the message of an internal failure', async () => {
    const response = await app.inject({ method: 'GET', url: '/broken' });
    expect(response.statusCode).toBe(500);
    expect(response.body).not.toContain('db-1');
  });
});
