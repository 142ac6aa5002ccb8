import { eventually } from '../support/eventually';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

/** A key that was revoked, replaced or has expired does no more work, and its caller learns which of them it was. */
describe('keys that stop', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await sharedGateway();
  });
  afterAll(() => gateway.stop());

  /** A stream that goes on for 20 seconds, of which something has come. */
  async function runningStream(key: string, content: string, headers: Record<string, string> = {}) {
    const text = `[[gap=200 words=100]] ${content}`;
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify({ model: 'gpt-4.1', stream: true, messages: [{ role: 'user', content: text }] }),
    });
    expect(response.status).toBe(200);
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    const first = (await reader.read()).value ?? '';
    const rest = async () => {
      let read = first;
      for (let step = await reader.read(); !step.done; step = await reader.read()) read += step.value;
      return read;
    };
    return { id: response.headers.get('x-request-id'), rest, leave: () => reader.cancel() };
  }

  const rowOf = async (id: string | null) =>
    (await gateway.admin('GET', `/admin/requests?request_id=${id}`)).body.data[0];

  const upstreamCall = (content: string) =>
    gateway.fake.calls.find(({ body }) => JSON.stringify(body).includes(content));

  const refusalOf = async (key: string) => {
    const { status, body } = await gateway.request('GET', '/v1/models', key);
    expect([status, body.error?.code]).toEqual([401, 'invalid_api_key']);
    return body.error.message as string;
  };

  describe('A23: streams', () => {
    const stops: [string, (key: { teamId: string; keyId: string }) => Promise<unknown>, object?][] = [
      ['a deleted key', ({ keyId }) => gateway.admin('DELETE', `/admin/keys/${keyId}`)],
      ['a key that is replaced at once', ({ keyId }) => gateway.admin('POST', `/admin/keys/${keyId}/rotate`)],
      ['a deleted team', ({ teamId }) => gateway.admin('DELETE', `/admin/teams/${teamId}?force=true`)],
      [
        'a deleted key, with an Idempotency-Key',
        ({ keyId }) => gateway.admin('DELETE', `/admin/keys/${keyId}`),
        { 'idempotency-key': 'a23' },
      ],
      [
        'a deleted key, past the cache',
        ({ keyId }) => gateway.admin('DELETE', `/admin/keys/${keyId}`),
        { 'cache-control': 'no-store' },
      ],
    ];
    it.each(stops)('of %s end with an error, and are settled', async (name, stop, headers = {}) => {
      const key = await gateway.createKey();
      const stream = await runningStream(key.key, name, headers as Record<string, string>);
      await stop(key);
      const text = await stream.rest();
      expect(upstreamCall(name)?.body).toBeDefined();
      expect(text.trimEnd().split('\n\n').at(-1)).toMatch(/^data: \{"error":.*revoked.*"invalid_api_key"/);
      expect(text).not.toContain('[DONE]');
      expect(text.length).toBeLessThan(10_000);
      await eventually(async () => typeof (await rowOf(stream.id))?.status === 'number');
      const row = await rowOf(stream.id);
      expect(row).toMatchObject({ status: 499, error_code: 'client_closed_request' });
      expect(Number(row.cost_usd)).toBeGreaterThan(0);
    });

    it('of other keys go on, also of one that reads the same flight', async () => {
      const stopped = await gateway.createKey();
      const same = await gateway.createKey({ teamId: stopped.teamId });
      const one = await runningStream(stopped.key, 'two readers');
      const two = await runningStream(same.key, 'two readers');
      await gateway.admin('DELETE', `/admin/keys/${stopped.keyId}`);
      expect(await one.rest()).toContain('invalid_api_key');
      expect(upstreamCall('two readers')).toMatchObject({ endedAt: undefined });
      await two.leave();
    });
  });

  it('A23: a replaced key is not revived', async () => {
    const old = await gateway.createKey();
    const rotated = await gateway.admin('POST', `/admin/keys/${old.keyId}/rotate`, { grace_seconds: 60 });
    const path = `/admin/keys/${old.keyId}`;
    const { expires_at: graceEndsAt } = (await gateway.admin('GET', path)).body;
    for (const expiresAt of [null, '2099-01-01T00:00:00Z']) {
      const refused = await gateway.admin('PATCH', path, { expires_at: expiresAt });
      expect(refused.status).toBe(409);
      expect(refused.body.error).toMatchObject({ code: 'conflict', param: 'expires_at' });
      expect(refused.body.error.message).toContain(rotated.body.id);
    }
    expect((await gateway.admin('GET', path)).body.expires_at).toBe(graceEndsAt);
    expect((await gateway.admin('PATCH', path, { name: 'old', expires_at: graceEndsAt })).body.name).toBe('old');
    const sooner = new Date(Date.now() + 20_000).toISOString();
    expect((await gateway.admin('PATCH', path, { expires_at: sooner })).body.expires_at).toBe(sooner);
  });

  it('N18: the error says why, to whoever has the key', async () => {
    const expiresAt = new Date(Date.now() + 1_500).toISOString();
    const expired = await gateway.createKey({ expires_at: expiresAt });
    const revoked = await gateway.createKey();
    const [atOnce, later] = [await gateway.createKey(), await gateway.createKey()];
    await gateway.admin('DELETE', `/admin/keys/${revoked.keyId}`);
    await gateway.admin('POST', `/admin/keys/${atOnce.keyId}/rotate`);
    await gateway.admin('POST', `/admin/keys/${later.keyId}/rotate`, { grace_seconds: 1 });
    await new Promise((resolve) => setTimeout(resolve, 1_600));
    expect(await refusalOf(expired.key)).toContain(`This API key expired at ${expiresAt}.`);
    expect(await refusalOf(revoked.key)).toMatch(/^This API key was revoked at 2\S+Z\./);
    expect(await refusalOf(atOnce.key)).toMatch(/^This API key was replaced and stopped working at 2\S+Z\./);
    expect(await refusalOf(later.key)).toMatch(/^This API key was replaced and stopped working at 2\S+Z\./);
    const wrong = `${expired.key.slice(0, -4)}AAAA`;
    expect(await refusalOf(wrong)).toMatch(/^Incorrect API key provided: sk-tg-\w\w\*\*\*AAAA\./);
    expect((await gateway.chat(revoked.key, 'with a body')).body.error.message).toMatch(/^This API key was revoked at/);
  });
});
