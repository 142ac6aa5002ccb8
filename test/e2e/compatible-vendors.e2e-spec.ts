import { type RunningGateway, startGateway } from '../support/gateway';
import { events, http, RawUpstream } from '../support/raw-upstream';
import { answer, CALLED, chunk, REQUESTS, STREAMS, TEXT, TOOL, USAGE } from '../support/vendor-table';

describe('OpenAI-compatible vendors', () => {
  const vendors = [...new Set(REQUESTS.map(({ vendor }) => vendor))];
  const modelsOf = (name: string) => REQUESTS.find(({ vendor }) => vendor === name)?.model ?? 'theirs';
  let upstream: RawUpstream;
  let gateway: RunningGateway;
  let key: string;
  let asked = 0;

  beforeAll(async () => {
    upstream = await RawUpstream.start();
    const base = `http://127.0.0.1:${upstream.port}`;
    const provider = (name: string) =>
      name === 'azure'
        ? `  azure: { type: azure, base_url: "${base}/azure", query: { api-version: "2025-04-01" }, api_key: sk-azure-1234567890 }`
        : `  ${name}: { type: ${name}, base_url: "${base}/${name}", api_key: sk-${name}-1234567890 }`;
    const model = (name: string) =>
      `  at-${name}: { deployments: [{ provider: ${name}, model: "${modelsOf(name)}" }] }`;
    gateway = await startGateway({
      env: { GROQ_API_KEY: 'sk-groq-1234567890', GROQ_BASE_URL: `${base}/by-key`, OLLAMA_BASE_URL: `${base}/ollama` },
      configFile: `
providers:
${vendors
  .filter((name) => name !== 'ollama')
  .map((name) => (name === 'groq' ? provider('groq').replace('groq:', 'groq-2:') : provider(name)))
  .join('\n')}
models:
${vendors.map((name) => (name === 'groq' ? model(name).replace('provider: groq', 'provider: groq-2') : model(name))).join('\n')}
  either:
    deployments:
      - { provider: groq-2, model: theirs, priority: 1 }
      - { provider: vllm, model: theirs, priority: 2 }
prices:
${vendors.map((name) => `  at-${name}: { input_usd_per_mtok: "10", output_usd_per_mtok: "100" }`).join('\n')}
  either: { input_usd_per_mtok: "10", output_usd_per_mtok: "100" }
`,
    });
    ({ key } = await gateway.createKey());
  });
  afterAll(async () => {
    await gateway?.stop();
    await upstream?.stop();
  });

  /** Asks a model once; the upstream gives the answer to this question alone. */
  const ask = async (
    model: string,
    reply: ReturnType<typeof http>,
    members: Record<string, unknown> = {},
    headers: Record<string, string> = {},
  ) => {
    const word = `question-${(asked += 1)}-of-many`;
    upstream.answers.set(word, reply);
    const result = await gateway.chat(key, word, { model, ...members }, headers);
    return { ...result, calls: upstream.callsOf(word) };
  };
  const rowOf = async (headers: Headers) =>
    (await gateway.admin('GET', `/admin/requests?request_id=${headers.get('x-request-id')}`)).body.data[0];

  it.each(REQUESTS)('$vendor gets what it takes, and the caller hears what it does not', async (row) => {
    const { vendor, asks, gets, lacks = [], head, dropped } = row;
    const { status, headers, body, calls } = await ask(`at-${vendor}`, http('200 OK', {}, TEXT), asks);
    expect([status, body.choices?.[0].message.content]).toEqual([200, '네']);
    expect(calls).toHaveLength(1);
    const [call] = calls;
    expect(call?.body).toMatchObject({ model: modelsOf(vendor), ...gets });
    for (const name of lacks) expect(call?.body).not.toHaveProperty(name);
    if (head) expect(call?.head).toMatch(head);
    else if (vendor !== 'ollama') expect(call?.head).toContain(`Bearer sk-${vendor}-1234567890`);
    expect(headers.get('x-gateway-dropped-params')).toBe(dropped ?? null);
  });

  it.each(REQUESTS.filter(({ dropped }) => dropped))('$vendor: what it lacks is an error under strict', async (row) => {
    const { vendor, asks, dropped = '' } = row;
    const strict = { 'x-gateway-strict': 'true' };
    const { status, body, calls } = await ask(`at-${vendor}`, http('200 OK', {}, TEXT), asks, strict);
    expect([status, calls.length]).toEqual([422, 0]);
    expect(body.error).toMatchObject({ code: 'unsupported_parameter', param: dropped.split(', ')[0] });
    expect(body.error.message).toContain(dropped);
  });

  it.each([
    ['groq', { n: 2 }, 'n'],
    ['groq', { logprobs: true }, 'logprobs'],
    ['together', { logprobs: true }, 'logprobs'],
    ['ollama', { tools: [TOOL], tool_choice: 'required' }, 'tool_choice'],
    ['xai', { stop: ['x'] }, 'stop'],
  ])('%s: %j is an error, as silence would change the answer', async (vendor, members, param) => {
    const { status, body, calls } = await ask(`at-${vendor}`, http('200 OK', {}, TEXT), members);
    expect([status, calls.length]).toEqual([422, 0]);
    expect(body.error).toMatchObject({ type: 'invalid_request_error', code: 'unsupported_parameter', param });
  });

  it('goes to the next deployment with what the first one lacks', async () => {
    const { status, headers, calls } = await ask('either', http('200 OK', {}, TEXT), { n: 2, max_tokens: 9 });
    expect([status, headers.get('x-gateway-provider'), calls.length]).toEqual([200, 'vllm', 1]);
    expect(calls[0]?.body).toMatchObject({ n: 2, max_tokens: 9 });
  });

  it.each(STREAMS)('%s: a stream reads as one of OpenAI, and is charged', async (vendor, data, expected) => {
    const options = { stream: true, stream_options: { include_usage: true } };
    const { status, headers, body } = await ask(`at-${vendor}`, events(...data, '[DONE]'), options);
    expect(status).toBe(200);
    const chunks = [...String(body).matchAll(/^data: (\{.*)$/gm)].map(([, json = '']) => JSON.parse(json));
    const choices = chunks.flatMap((each) => each.choices);
    const joined = (member: string) => choices.map(({ delta }) => delta?.[member] ?? '').join('');
    expect(joined('content')).toBe(expected.text);
    expect(joined('reasoning_content')).toBe(expected.reasoning ?? '');
    expect(choices.flatMap(({ finish_reason: finish }) => finish ?? [])).toEqual([expected.finish]);
    expect(chunks.at(-1)?.usage).toMatchObject(USAGE);
    expect(JSON.stringify(choices)).not.toContain('"usage"');
    expect(await rowOf(headers)).toMatchObject({ state: 'settled', cost_usd: '0.002', estimated: false });
  });

  it('asks a server that refuses stream options once more without them, as one attempt', async () => {
    const refuse = http('400 Bad Request', {}, '{"error":{"message":"Unrecognized: stream_options"}}');
    const stream = events(chunk({ content: '네' }), chunk({}, 'stop', { usage: USAGE }), '[DONE]');
    const either: typeof stream = (socket, call) => (call.body.stream_options ? refuse : stream)(socket, call);
    const { status, headers, calls } = await ask('at-openai-compatible', either, { stream: true });
    expect([status, headers.get('x-gateway-attempts'), calls.length]).toEqual([200, '1', 2]);
    expect(await rowOf(headers)).toMatchObject({ attempt: 1, cost_usd: '0.002', estimated: false });
    const always = await ask('at-openai-compatible', refuse, { stream: true });
    expect([always.status, always.calls.length]).toEqual([400, 2]);
  });

  it('reads an answer of a vendor as one of OpenAI', async () => {
    const list = [
      { type: 'thinking', thinking: [{ type: 'text', text: '음' }] },
      { type: 'text', text: '네' },
    ];
    const mistral = await ask('at-mistral', http('200 OK', {}, answer({ content: list })));
    expect(mistral.body.choices[0].message).toEqual({ role: 'assistant', content: '네', reasoning_content: '음' });
    const vllm = await ask('at-vllm', http('200 OK', {}, answer({ content: '네', reasoning: '음' })));
    expect(vllm.body.choices[0].message).toEqual({ role: 'assistant', content: '네', reasoning_content: '음' });
    const eos = await ask('at-together', http('200 OK', {}, answer({ content: '네' }, 'eos')));
    expect(eos.body.choices[0]).toMatchObject({ finish_reason: 'stop', native_finish_reason: 'eos' });
  });

  it('does not store a stream that broke off by its finish reason, and tells its caller', async () => {
    const data = [chunk({ content: '반' }), chunk({}, 'network_error', { usage: USAGE }), '[DONE]'];
    const { body, headers } = await ask('at-zai', events(...data), { stream: true });
    expect(body).toContain('finish reason is \\"network_error\\"');
    expect(body).not.toContain('[DONE]');
    expect(await rowOf(headers)).toMatchObject({ cost_usd: '0.002', estimated: false });
    const word = `question-${asked}-of-many`;
    upstream.answers.set(word, http('200 OK', {}, TEXT));
    const again = await gateway.chat(key, word, { model: 'at-zai' });
    expect([again.status, again.headers.get('x-cache-status')]).toEqual([200, 'MISS']);
  });

  it("sends a conversation with tools of another vendor in the vendor's own shape", async () => {
    const messages = [
      { role: 'developer', content: 'Be brief.' },
      { role: 'user', content: 'history-of-tools' },
      { role: 'assistant', content: null, refusal: null, reasoning_content: '음', tool_calls: [CALLED] },
      { role: 'tool', tool_call_id: CALLED.id, content: '맑음' },
    ];
    upstream.answers.set('history-of-tools', http('200 OK', {}, TEXT));
    const sent = async (model: string) => {
      await gateway.request('POST', '/v1/chat/completions', key, { model, messages, tools: [TOOL] });
      return upstream.callsOf('history-of-tools').at(-1)?.body.messages;
    };
    const mistral = await sent('at-mistral');
    expect(mistral[0].role).toBe('system');
    expect(mistral[2].tool_calls[0].id).toMatch(/^[a-zA-Z0-9]{9}$/);
    expect(mistral[3].tool_call_id).toBe(mistral[2].tool_calls[0].id);
    expect(Object.keys(mistral[2])).toEqual(['role', 'content', 'tool_calls']);
    expect((await sent('at-deepseek'))[2]).toMatchObject({ reasoning_content: '음' });
    expect((await sent('at-moonshot'))[2]).toMatchObject({ reasoning_content: '음' });
    expect((await sent('at-groq'))[2]).toMatchObject({ reasoning: '음' });
    expect((await sent('at-fireworks'))[2]).toMatchObject({ reasoning_content: '음' });
  });

  it.each([
    [
      'dashscope',
      '400 Bad Request',
      { error: { message: 'no', code: 'data_inspection_failed' } },
      400,
      'content_filter',
    ],
    ['vllm', '400 Bad Request', { object: 'error', message: 'too long', code: 400 }, 400, '400'],
    ['clovastudio', '400 Bad Request', { status: { code: '40003', message: 'long' } }, 400, 'context_length_exceeded'],
    ['xai', '400 Bad Request', { code: 'invalid-argument', error: 'wrong' }, 400, 'invalid-argument'],
    ['zai', '429 Too Many Requests', { error: { code: '1113', message: 'no money' } }, 502, 'upstream_billing'],
  ])('%s: an error is one of OpenAI: %s %j', async (vendor, line, sent, status, code) => {
    const result = await ask(`at-${vendor}`, http(line, {}, JSON.stringify(sent)));
    expect([result.status, result.body.error.code]).toEqual([status, code]);
  });

  it('serves the catalogue of a vendor by its key, and a server without a key by its base URL', async () => {
    const { body } = await gateway.request('GET', '/v1/models', key);
    const groq = body.data.filter(({ owned_by: owner }: { owned_by: string }) => owner === 'groq');
    expect(groq.map(({ id }: { id: string }) => id)).toContain('openai/gpt-oss-120b');
    const { calls } = await ask('openai/gpt-oss-120b', http('200 OK', {}, TEXT));
    expect(calls[0]?.head).toMatch(/^POST \/by-key\/chat\/completions/);
    const ollama = await ask('at-ollama', http('200 OK', {}, TEXT));
    expect(ollama.calls[0]?.head).not.toMatch(/^authorization:/im);
  });
});
