import { type RunningGateway, startGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

describe('a key with rpm_limit', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await sharedGateway();
  });
  afterAll(() => gateway.stop());

  it('gets the remaining requests in headers, and 429 with Retry-After if none remain', async () => {
    const { key, keyId } = await gateway.createKey({ rpm_limit: 3 });
    for (const remaining of ['2', '1', '0']) {
      const answer = await gateway.chat(key, `question ${remaining}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-ratelimit-limit-requests')).toBe('3');
      expect(answer.headers.get('x-ratelimit-remaining-requests')).toBe(remaining);
      expect(answer.headers.get('x-ratelimit-reset-requests')).toBe('1m0s');
    }
    const refused = await gateway.chat(key, 'one too many');
    expect(refused.status).toBe(429);
    expect(refused.body).toEqual({
      error: {
        message: expect.stringMatching(new RegExp(`key test \\(${keyId}\\): 3 requests per minute`)),
        type: 'rate_limit_error',
        param: null,
        code: 'rate_limit_exceeded',
      },
    });
    const retryAfterSeconds = Number(refused.headers.get('retry-after'));
    expect(Number.isInteger(retryAfterSeconds)).toBe(true);
    expect(retryAfterSeconds).toBeGreaterThanOrEqual(1);
    expect(retryAfterSeconds).toBeLessThanOrEqual(60);
    expect(refused.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect(refused.headers.get('x-ratelimit-reset-requests')).toMatch(/^(1m0s|\d+(\.\d+)?s)$/);
  });

  it('admits exactly the limit of many calls at once', async () => {
    const { key } = await gateway.createKey({ rpm_limit: 10 });
    const answers = await Promise.all(Array.from({ length: 30 }, (_, call) => gateway.chat(key, `burst ${call}`)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(20);
  });

  it('counts streams and batches, with the headers before the first byte', async () => {
    const { key } = await gateway.createKey({ rpm_limit: 2 });
    const stream = await gateway.chat(key, 'a stream', { stream: true });
    expect(stream.status).toBe(200);
    expect(stream.headers.get('x-ratelimit-remaining-requests')).toBe('1');
    const batch = await gateway.request('POST', '/v1/batches', key, {});
    expect(batch.headers.get('x-ratelimit-remaining-requests')).toBe('0');
    expect((await gateway.chat(key, 'a stream', { stream: true })).status).toBe(429);
  });

  it('does not count reads', async () => {
    const { key } = await gateway.createKey({ rpm_limit: 1 });
    await gateway.chat(key, 'the one call');
    for (const path of ['/v1/models', '/v1/usage', '/v1/batches']) {
      const answer = await gateway.request('GET', path, key);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('x-ratelimit-limit-requests')).toBeNull();
    }
  });

  it('applies a new limit at once', async () => {
    const { key, keyId } = await gateway.createKey({ rpm_limit: 1 });
    await gateway.chat(key, 'first');
    expect((await gateway.chat(key, 'second')).status).toBe(429);
    await gateway.admin('PATCH', `/admin/keys/${keyId}`, { rpm_limit: 2 });
    expect((await gateway.chat(key, 'second')).status).toBe(200);
    await gateway.admin('PATCH', `/admin/keys/${keyId}`, { rpm_limit: null });
    const free = await gateway.chat(key, 'third');
    expect(free.status).toBe(200);
    expect(free.headers.get('x-ratelimit-limit-requests')).toBeNull();
  });

  it('does not share its count with another key of the team', async () => {
    const first = await gateway.createKey({ rpm_limit: 1 });
    const second = await gateway.createKey({ teamId: first.teamId, rpm_limit: 1 });
    expect((await gateway.chat(first.key, 'hello')).status).toBe(200);
    expect((await gateway.chat(second.key, 'hello')).status).toBe(200);
    expect((await gateway.chat(first.key, 'hello')).status).toBe(429);
  });
});

describe('an unavailable Redis', () => {
  it('fails no call: limits are counted in the process', async () => {
    const gateway = await startGateway({ env: { REDIS_URL: 'redis://127.0.0.1:1' } });
    try {
      const { key } = await gateway.createKey({ rpm_limit: 2 });
      const statuses = [];
      for (let call = 0; call < 3; call += 1) statuses.push((await gateway.chat(key, `question ${call}`)).status);
      expect(statuses).toEqual([200, 200, 429]);
      const ready = await gateway.request('GET', '/health/ready', undefined);
      expect(ready).toMatchObject({ status: 200, body: { status: 'ok', redis: 'away' } });
    } finally {
      await gateway.stop();
    }
  });
});
