import { connect } from 'node:net';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import { type RunningGateway, startGateway } from '../support/gateway';
import { events, http, RawUpstream } from '../support/raw-upstream';

const USAGE = { prompt_tokens: 1000, completion_tokens: 100, total_tokens: 1100 };
const completion = (content: unknown, members: object = {}) =>
  JSON.stringify({
    id: 'c',
    object: 'chat.completion',
    model: 'gpt-4.1',
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: 'stop' }],
    usage: USAGE,
    ...members,
  });
const chunk = (delta: object, finish: string | null = null, members: object = {}) => ({
  id: 'c',
  object: 'chat.completion.chunk',
  model: 'gpt-4.1',
  choices: [{ index: 0, delta, finish_reason: finish }],
  ...members,
});
const usageChunk = { id: 'c', object: 'chat.completion.chunk', model: 'gpt-4.1', choices: [], usage: USAGE };
const role = chunk({ role: 'assistant', content: '' });

/** What upstreams answer that surprises: read as an answer, an error or neither, and charged once. */
describe('answers of upstreams', () => {
  let upstream: RawUpstream;
  let backup: RawUpstream;
  let gateway: RunningGateway;
  let key: string;

  beforeAll(async () => {
    upstream = await RawUpstream.start();
    backup = await RawUpstream.start();
    gateway = await startGateway({
      configFile: `
providers:
  raw: { type: openai-compatible, base_url: "http://127.0.0.1:${upstream.port}/openai/v1?api-version=preview", api_key: "sk-raw-1234567890" }
  backup: { type: openai-compatible, base_url: "http://127.0.0.1:${backup.port}/v1", api_key: "sk-backup-1234567890" }
models:
  raw-model:
    deployments: [{ provider: raw, model: gpt-4.1 }]
  limited-json:
    deployments: [{ provider: raw, model: limited-json }]
  limited-stream:
    deployments: [{ provider: raw, model: limited-stream }]
  limited-date:
    deployments: [{ provider: raw, model: limited-date }]
  two:
    deployments:
      - { provider: raw, model: gpt-4.1, priority: 1 }
      - { provider: backup, model: gpt-4.1, priority: 2 }
prices:
  raw-model: { input_usd_per_mtok: "10", cached_input_usd_per_mtok: "1", output_usd_per_mtok: "100" }
`,
    });
    ({ key } = await gateway.createKey());
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.stop();
    await backup?.stop();
  });

  const ask = (content: string, members: Record<string, unknown> = {}) =>
    gateway.chat(key, content, { model: 'raw-model', ...members });
  const rowOf = async (headers: Headers) =>
    (await gateway.admin('GET', `/admin/requests?request_id=${headers.get('x-request-id')}`)).body.data[0];

  it('R20 R21: asks the path under the base URL, and says who asks', async () => {
    upstream.answers.set('R20', http('200 OK', {}, completion('pong')));
    expect((await ask('R20')).status).toBe(200);
    const [call] = upstream.callsOf('R20');
    expect(call?.head).toMatch(/^POST \/openai\/v1\/chat\/completions\?api-version=preview HTTP\/1.1/);
    expect(call?.head).toMatch(/^user-agent: thriftgate\/0\.1/im);
  });

  it('R01: a stream that ends after its finish reason is whole without [DONE]', async () => {
    upstream.answers.set('R01', events(role, chunk({ content: 'pong' }), chunk({}, 'stop'), usageChunk));
    const { body, headers } = await ask('R01', { stream: true });
    expect(body).toContain('pong');
    expect(body.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(await rowOf(headers)).toMatchObject({ status: 200, state: 'settled', cost_usd: '0.02', estimated: false });
    expect((await ask('R01')).headers.get('x-cache-status')).toBe('HIT');
  });

  it('R01: a stream that ends without a finish reason is broken', async () => {
    upstream.answers.set('no finish', events(role, chunk({ content: 'pong' }), usageChunk));
    const { body } = await ask('no finish', { stream: true });
    expect(body).toContain('"error"');
    expect(body).not.toContain('[DONE]');
  });

  it.each([
    [{ error: { message: 'No endpoint takes pictures', code: 400 } }, 400],
    [{ error: { message: 'No endpoint takes pictures', code: 429 } }, 429],
    [{ object: 'error', message: 'No endpoint takes pictures', code: 422 }, 422],
  ])('R03: an error with status 200 is an error: %j', async (error, status) => {
    for (const stream of [false, true]) {
      const word = `R03 ${status} ${stream}`;
      upstream.answers.set(word, http('200 OK', { 'retry-after': '30' }, JSON.stringify(error)));
      // A rate limit with a time sets its deployment aside.
      const model = stream ? 'limited-stream' : 'limited-json';
      const { status: got, body, headers } = await ask(word, { stream, ...(status === 429 && { model }) });
      expect([got, body.error.message]).toEqual([status, 'No endpoint takes pictures']);
      expect(upstream.callsOf(word)).toHaveLength(1);
      expect(await rowOf(headers)).toMatchObject({ status, cost_usd: '0' });
    }
  });

  it.each([
    ['gzip', gzipSync(completion('pong'))],
    ['br', brotliCompressSync(completion('pong'))],
  ])('R06: unpacks %s', async (encoding, bytes) => {
    const word = `R06 ${encoding}`;
    upstream.answers.set(word, http('200 OK', { 'content-encoding': encoding }, bytes));
    const { status, body, headers } = await ask(word);
    expect([status, body.choices[0].message.content, headers.get('content-encoding')]).toEqual([200, 'pong', null]);
    expect(upstream.callsOf(word)).toHaveLength(1);
    expect((await ask(word)).headers.get('x-cache-status')).toBe('HIT');
  });

  it('R08: hands on a Retry-After that is a date', async () => {
    const until = new Date(Date.now() + 30_000).toUTCString();
    upstream.answers.set(
      'R08',
      http('429 Too Many Requests', { 'retry-after': until }, '{"error":{"message":"slow"}}'),
    );
    const { status, headers } = await ask('R08', { model: 'limited-date' });
    expect(status).toBe(429);
    expect(['29', '30']).toContain(headers.get('retry-after'));
    expect(upstream.callsOf('R08')).toHaveLength(1);
  });

  it.each([
    ['application/json', '{"detail":[{"loc":["body","foo"],"msg":"REASON"}]}'],
    ['text/plain', 'REASON'],
  ])('R10: hands on the reason in %s', async (type, body) => {
    const word = `R10 ${type}`;
    upstream.answers.set(word, http('422 Unprocessable Entity', { 'content-type': type }, body));
    const { status, body: told } = await ask(word);
    expect([status, told.error.message]).toEqual([422, expect.stringContaining('REASON')]);
  });

  it('R11: asks the next deployment where the model was removed', async () => {
    const error = '{"error":{"code":"model_not_found","message":"gpt-4.1 is deprecated"}}';
    upstream.answers.set('R11', http('404 Not Found', {}, error));
    backup.answers.set('R11', http('200 OK', {}, completion('from the backup')));
    const { status, body, headers } = await ask('R11', { model: 'two' });
    expect([status, body.choices[0].message.content]).toEqual([200, 'from the backup']);
    expect(headers.get('x-gateway-attempts')).toBe('2');
  });

  it('R14: tells tool calls apart by their ids', async () => {
    const call = (id: string, name: string, args: string) =>
      chunk({ tool_calls: [{ index: 0, id, type: 'function', function: { name, arguments: args } }] });
    const [first, second] = [call('call_a', 'f', '{"city":"Seoul"}'), call('call_b', 'g', '{"tz":"UTC"}')];
    upstream.answers.set('R14', events(role, first, second, chunk({}, 'tool_calls'), usageChunk, '[DONE]'));
    const cache = { store_tool_calls: true };
    await gateway.admin('PATCH', '/admin/models/raw-model', { cache });
    await ask('R14', { stream: true });
    const { body, headers } = await ask('R14');
    expect(headers.get('x-cache-status')).toBe('HIT');
    expect(body.choices[0].message.tool_calls).toMatchObject([
      { id: 'call_a', function: { name: 'f', arguments: '{"city":"Seoul"}' } },
      { id: 'call_b', function: { name: 'g', arguments: '{"tz":"UTC"}' } },
    ]);
  });

  it('R15: keeps texts and lists of parts of one answer', async () => {
    const list = [{ type: 'reference', reference_ids: [1] }];
    const parts = [chunk({ content: 'forty' }), chunk({ content: list }), chunk({ content: ' two' })];
    upstream.answers.set('R15', events(role, ...parts, chunk({}, 'stop'), usageChunk, '[DONE]'));
    await ask('R15', { stream: true });
    const { body } = await ask('R15');
    expect(body.choices[0].message.content).toEqual([
      { type: 'text', text: 'forty' },
      ...list,
      { type: 'text', text: ' two' },
    ]);
  });

  it('R17: counts cached tokens wherever the vendor tells them', async () => {
    const usage = { prompt_tokens: 1000, completion_tokens: 0, total_tokens: 1000, cached_tokens: 1000 };
    upstream.answers.set('R17', http('200 OK', {}, completion('', { usage })));
    const { headers } = await ask('R17');
    expect(await rowOf(headers)).toMatchObject({ cost_usd: '0.001', cached_input_tokens: 1000, estimated: false });
  });

  it.each([
    ['priority', '0.04', true],
    ['default', '0.02', false],
  ])('R19: charges the tier %s that the upstream served', async (tier, cost, estimated) => {
    const word = `R19 ${tier}`;
    upstream.answers.set(word, http('200 OK', {}, completion('pong', { service_tier: tier })));
    const { headers } = await ask(word, { service_tier: 'priority' });
    expect(await rowOf(headers)).toMatchObject({ cost_usd: cost, estimated });
  });

  it.each([
    ['an unreadable body with its usage', JSON.stringify({ usage: USAGE }), '0.02', false, 1],
    ['a page', '<html>captive</html>', undefined, true, 1],
    ['nothing', '', '0', true, 3],
  ])('charges %s once', async (name, body, cost, estimated, calls) => {
    upstream.answers.set(name, http('200 OK', {}, body));
    const { status, headers } = await ask(name);
    expect([status, upstream.callsOf(name).length]).toEqual([502, calls]);
    const row = await rowOf(headers);
    // OpenAI's clients would buy it twice more.
    expect(headers.get('x-should-retry')).toBe(row.cost_usd === '0' ? null : 'false');
    expect(row).toMatchObject({ status: 502, estimated });
    if (cost === undefined) expect(Number(row.cost_usd)).toBeGreaterThan(0);
    else expect(row.cost_usd).toBe(cost);
  });

  it('streams an answer that the upstream gives whole', async () => {
    upstream.answers.set('unstreamed', http('200 OK', {}, completion('one two')));
    const { status, headers, body } = await ask('unstreamed', { stream: true });
    expect([status, headers.get('content-type')]).toEqual([200, expect.stringContaining('text/event-stream')]);
    expect(body).toContain('one two');
    expect(body.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(await rowOf(headers)).toMatchObject({ status: 200, cost_usd: '0.02' });
  });

  it('reads an unrequested stream', async () => {
    upstream.answers.set(
      'unasked stream',
      events(role, chunk({ content: 'pong' }), chunk({}, 'stop'), usageChunk, '[DONE]'),
    );
    const { status, body } = await ask('unasked stream');
    expect([status, body.object, body.choices[0].message.content]).toEqual([200, 'chat.completion', 'pong']);
  });

  it('R02: begins the stream within ten seconds while the upstream thinks', async () => {
    const rest = events(role, chunk({ content: 'pong' }), chunk({}, 'stop'), usageChunk, '[DONE]');
    upstream.answers.set('R02', (socket, call) => void setTimeout(() => void rest(socket, call), 11_500));
    const startedAt = Date.now();
    const response = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'raw-model', stream: true, messages: [{ role: 'user', content: 'R02' }] }),
    });
    expect([response.status, Date.now() - startedAt < 11_400]).toEqual([200, true]);
    const text = await response.text();
    expect(text).toMatch(/^: waiting for the provider\n\n/);
    expect(text).toContain('pong');
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
  });

  it('R30: closes the connection of a stream where the client asks for it', async () => {
    upstream.answers.set('R30', events(role, chunk({ content: 'pong' }), chunk({}, 'stop'), usageChunk, '[DONE]'));
    const { port } = new URL(gateway.url);
    const socket = connect(Number(port), '127.0.0.1');
    const body = JSON.stringify({ model: 'raw-model', stream: true, messages: [{ role: 'user', content: 'R30' }] });
    const head = [
      'POST /v1/chat/completions HTTP/1.1',
      'host: x',
      'connection: close',
      'content-type: application/json',
    ];
    socket.write([...head, `authorization: Bearer ${key}`, `content-length: ${body.length}`, '', body].join('\r\n'));
    let text = '';
    socket.setEncoding('utf8').on('data', (piece: string) => (text += piece));
    const closed = await new Promise((resolve) => {
      socket.once('end', () => resolve('closed'));
      setTimeout(() => resolve('open'), 5_000).unref();
    });
    socket.destroy();
    expect(closed).toBe('closed');
    expect(text).toMatch(/^connection: close$/im);
    expect(text).toContain('data: [DONE]');
  });

  it.each([true, false])('A14: half characters in the names of an answer fail no call, stream: %s', async (stream) => {
    const names = { model: 'm\ud800\0x', system_fingerprint: 'f\udc00\0', service_tier: '\ud800' };
    const prompt = `A14 ${stream}`;
    upstream.answers.set(
      prompt,
      stream
        ? events(role, chunk({ content: 'a\ud800' }, 'stop', names), { ...usageChunk, ...names }, '[DONE]')
        : http('200 OK', {}, completion('a\ud800', names)),
    );
    // A new name is drift: it starts a generation, with a miss of its own.
    for (let asked = 0; asked < 3; asked += 1) {
      const { status: code, headers } = await ask(prompt, { stream });
      expect(code).toBe(200);
      expect(headers.get('x-gateway-model')).toMatch(/^[!-~]+$/);
      expect(await rowOf(headers)).toMatchObject({ state: 'settled', status: 200 });
    }
    upstream.answers.set(
      `half an error ${stream}`,
      http('400 Bad Request', {}, '{"error":{"message":"\\ud800","code":"\\udc00\\u0000"}}'),
    );
    const refused = await ask(`half an error ${stream}`, { stream });
    expect(refused.status).toBe(400);
    expect(await rowOf(refused.headers)).toMatchObject({ state: 'failed', status: 400 });
    expect(gateway.output).not.toMatch(/unexpected failure|could not be stored|invalid byte/);
  });
});
