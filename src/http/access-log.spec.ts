import { fastify, type FastifyReply, type FastifyRequest } from 'fastify';
import { GatewayError } from '../common/errors';
import type { LogDestination } from '../common/runtime/log-destination';
import type { LogLevel } from '../common/runtime/logger';
import { logRequests } from './access-log';

/** The lines of one request, whose route does `answer`. */
async function linesOf(
  answer: (request: FastifyRequest, reply: FastifyReply) => unknown,
  { level = 'info', body = {} }: { level?: LogLevel; body?: object } = {},
): Promise<Record<string, unknown>[]> {
  let text = '';
  const app = fastify();
  const write = (lines: string) => void (text += lines);
  logRequests(app, level, { write } as Pick<LogDestination, 'write'> as LogDestination);
  app.post('/call', async (request, reply) => reply.send(await answer(request, reply)));
  await app.inject({ method: 'POST', url: '/call', payload: body });
  await new Promise(setImmediate);
  await app.close();
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as Record<string, unknown>]));
}

const failWith =
  (error: GatewayError, headers: Record<string, string> = {}) =>
  (request: FastifyRequest, reply: FastifyReply) => {
    request.failure = error;
    void reply.status(error.status).headers(headers);
    return '';
  };

describe('the access log', () => {
  it('has a line for each response', async () => {
    expect(await linesOf(() => 'ok')).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        requestId: expect.any(String),
        method: 'POST',
        path: '/call',
        status: 200,
        ms: expect.any(Number),
        msg: 'request',
      },
    ]);
  });

  it('N10: names error, provider, model, upstream status and attempts of a failed call', async () => {
    const upstream = { status: 429, type: 'rate_limit_exceeded', code: 'upstream_rate_limited' };
    const facts = { provider: 'openai', model: 'fast', upstreamModel: 'gpt-4.1', upstreamStatus: 429, attempts: 3 };
    const error = new GatewayError('upstream_error', { upstream, facts });
    const headers = { 'x-cache-status': 'MISS', 'x-gateway-cost-usd': '0.25' };
    expect(await linesOf(failWith(error, headers))).toMatchObject([
      {
        level: 'info',
        status: 429,
        errorCode: 'upstream_rate_limited',
        errorType: 'rate_limit_exceeded',
        ...facts,
        cacheStatus: 'MISS',
        costUsd: '0.25',
      },
    ]);
  });

  it('N10: names what is known, and the model that the caller asked for', async () => {
    const error = new GatewayError('budget_exceeded');
    const [line] = await linesOf(failWith(error), { body: { model: `gpt"\n${'x'.repeat(300)}`, messages: [] } });
    expect(line).toMatchObject({ status: 402, errorCode: 'budget_exceeded', model: `gpt"\n${'x'.repeat(123)}` });
    expect(Object.keys(line ?? {})).not.toContain('provider');
    const [other] = await linesOf(failWith(error), { body: { model: { not: 'a name' } } });
    expect(other).not.toHaveProperty('model');
  });

  it('N10: has failures of the gateway at LOG_LEVEL=warn, and nothing above', async () => {
    const error = new GatewayError('upstream_error');
    expect(await linesOf(failWith(error), { level: 'warn' })).toMatchObject([{ msg: 'request failed', status: 502 }]);
    expect(await linesOf(failWith(new GatewayError('conflict')), { level: 'warn' })).toEqual([]);
    expect(await linesOf(failWith(error), { level: 'error' })).toEqual([]);
  });
});
