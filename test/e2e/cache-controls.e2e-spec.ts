import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

/** Programs for other gateways send their headers, and read their headers in responses. */
describe('the cache controls of other gateways', () => {
  let gateway: RunningGateway;
  let key: string;
  let question = 0;

  beforeAll(async () => {
    gateway = await sharedGateway();
    ({ key } = await gateway.createKey());
  });
  afterAll(() => gateway.stop());

  const fresh = () => `control ${(question += 1)}`;
  const ask = async (text: string, headers: Record<string, string>, members: Record<string, unknown> = {}) => {
    const { headers: answered } = await gateway.chat(key, text, members, headers);
    return Object.fromEntries(answered.entries());
  };
  const statuses = async (text: string, ...calls: Record<string, string>[]) => {
    const seen: (string | undefined)[] = [];
    for (const headers of calls) seen.push((await ask(text, headers))['x-cache-status']);
    return seen;
  };

  it('include Cloudflare’s headers', async () => {
    const text = fresh();
    expect(await ask(text, { 'cf-aig-cache-ttl': '3600' })).toMatchObject({
      'x-cache-ttl': '3600',
      'cf-aig-cache-status': 'MISS',
    });
    expect(await ask(text, { 'cf-aig-cache-ttl': '3600' })).toMatchObject({ 'cf-aig-cache-status': 'HIT' });
    expect(await ask(text, { 'cf-aig-skip-cache': 'true' })).toMatchObject({
      'x-cache-status': 'BYPASS',
      'cf-aig-cache-status': 'MISS',
    });
    expect(await ask(text, {})).not.toHaveProperty('cf-aig-cache-status');
  });

  it('include Cloudflare’s cache key, which separates entries and never returns the response to another request', async () => {
    const [one, other] = [fresh(), fresh()];
    const custom = { 'cf-aig-cache-key': 'responseA' };
    expect(await statuses(one, {}, custom, custom, {})).toEqual(['MISS', 'MISS', 'HIT', 'HIT']);
    const { body, headers } = await gateway.chat(key, other, {}, custom);
    expect([headers.get('x-cache-status'), body.choices[0].message.content]).toEqual(['MISS', `echo: ${other}`]);
  });

  it('include Portkey’s headers', async () => {
    const text = fresh();
    const config = { 'x-portkey-config': JSON.stringify({ cache: { mode: 'simple', max_age: 60 } }) };
    expect(await ask(text, config)).toMatchObject({ 'x-cache-ttl': '60', 'x-portkey-cache-status': 'MISS' });
    expect(await ask(text, config)).toMatchObject({ 'x-portkey-cache-status': 'HIT' });
    expect(await ask(text, { 'x-portkey-cache-force-refresh': 'True' })).toMatchObject({
      'x-cache-status': 'REFRESH',
      'x-portkey-cache-status': 'REFRESH',
    });
    const space = { 'x-portkey-cache-namespace': 'user-1' };
    expect(await statuses(text, space, space, {})).toEqual(['MISS', 'HIT', 'HIT']);
    expect(await ask(text, space, { use_cache: false })).toMatchObject({ 'x-portkey-cache-status': 'DISABLED' });
  });

  it('include OpenRouter’s headers', async () => {
    const text = fresh();
    const on = { 'x-openrouter-cache': 'true', 'x-openrouter-cache-ttl': '600' };
    expect(await ask(text, on)).toMatchObject({ 'x-openrouter-cache-status': 'MISS', 'x-openrouter-cache-ttl': '600' });
    const hit = await ask(text, on);
    expect(hit).toMatchObject({ 'x-openrouter-cache-status': 'HIT', 'x-openrouter-cache-age': hit.age });
    expect((await ask(text, { ...on, 'x-openrouter-cache-clear': 'true' }))['x-cache-status']).toBe('REFRESH');
    const off = await ask(text, { 'x-openrouter-cache': 'false' });
    expect([off['x-cache-status'], off['x-openrouter-cache-status']]).toEqual(['BYPASS', undefined]);
  });

  it('include LiteLLM’s alternative spelling', async () => {
    const text = fresh();
    await gateway.chat(key, text);
    const { headers } = await gateway.chat(key, text, { cache: { 's-max-age': 600 } });
    expect(headers.get('x-cache-status')).toBe('HIT');
  });

  it('are in responses to streams too, and to repeats with an idempotency key', async () => {
    const text = fresh();
    const headers = { 'x-portkey-cache-namespace': 'streams' };
    expect(await ask(text, headers, { stream: true })).toMatchObject({ 'x-portkey-cache-status': 'MISS' });
    expect(await ask(text, headers, { stream: true })).toMatchObject({ 'x-portkey-cache-status': 'HIT' });
    const once = { ...headers, 'idempotency-key': 'once' };
    for (let call = 0; call < 2; call += 1)
      expect(await ask(text, once)).toMatchObject({ 'x-portkey-cache-status': 'HIT' });
  });

  it('apply with the strictest value', async () => {
    const text = fresh();
    await gateway.chat(key, text);
    const { headers } = await gateway.chat(
      key,
      text,
      { cache: { ttl: 900 }, use_cache: true },
      { 'cf-aig-cache-ttl': '300', 'x-openrouter-cache-clear': 'true' },
    );
    expect([headers.get('x-cache-status'), headers.get('x-cache-ttl')]).toEqual(['REFRESH', '300']);
  });

  it.each([
    ['cf-aig-cache-ttl', 'soon'],
    ['cf-aig-skip-cache', 'yes'],
    ['x-portkey-config', '{"cache":{"mode":"never"}}'],
    ['x-openrouter-cache-ttl', '0'],
  ])('are refused by name if %s is %s', async (header, value) => {
    const { status, body } = await gateway.chat(key, fresh(), {}, { [header]: value });
    expect([status, body.error.code, body.error.param]).toEqual([400, 'invalid_request', header]);
    expect(body.error.message).toContain(header);
  });

  it('are not sent to the provider', () => {
    const sent = gateway.fake.calls.flatMap(({ headers, body }) => [
      ...Object.keys(headers),
      ...Object.keys(body ?? {}),
    ]);
    expect(gateway.fake.calls.length).toBeGreaterThan(5);
    expect(sent.filter((name) => /^cf-|portkey|openrouter|^cache$|use_cache/.test(name))).toEqual([]);
  });
});
