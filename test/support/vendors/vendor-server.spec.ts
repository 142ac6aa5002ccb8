import { VendorServer } from './vendor-server';

/** The vendors that tests compare the gateway with refuse what the real ones refuse. */
describe('the stand-in of the vendors', () => {
  let vendors: VendorServer;
  beforeAll(async () => void (vendors = await VendorServer.start()));
  afterAll(() => vendors.stop());
  beforeEach(() => fetch(`${vendors.url}/control/reset`, { method: 'POST' }));

  const HEADERS = {
    'content-type': 'application/json',
    authorization: 'Bearer sk-any',
    'x-api-key': 'k',
    'anthropic-version': '2023-06-01',
    'x-goog-api-key': 'AIzaSy-stand-in-key-0123456789',
  };
  const send = async (path: string, body: object | undefined, headers: Record<string, string> = {}) => {
    const response = await fetch(vendors.url + path, {
      method: body ? 'POST' : 'GET',
      headers: { ...HEADERS, ...headers },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.includes('/json') === true;
    return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
  };

  const USER = { role: 'user', content: 'Go.' };
  const CALL = { id: 'c1', type: 'function', function: { name: 'find', arguments: '{}' } };
  const CALLED = { role: 'assistant', content: null, tool_calls: [CALL] };
  const OPEN = { type: 'object', properties: { a: { type: 'string' } } };
  const TOOL = { type: 'function', function: { name: 'find', parameters: OPEN } };

  it.each<[string, object, string]>([
    ['an unknown member', { top_k: 3 }, 'Unrecognized request argument supplied: top_k'],
    ['max_tokens of a reasoning model', { model: 'gpt-5.4', max_tokens: 9 }, "Use 'max_completion_tokens' instead"],
    ['sampling of a reasoning model', { model: 'o3', temperature: 0.2 }, "'temperature' does not support 0.2"],
    ['stop of a reasoning model', { model: 'gpt-5.4', stop: ['a'] }, "'stop' is not supported"],
    ['effort of a model without reasoning', { reasoning_effort: 'low' }, 'reasoning_effort'],
    ['no effort of GPT-6.2', { model: 'gpt-6.2-sol', reasoning_effort: 'none' }, "does not support 'none'"],
    ['an unknown member of a message', { messages: [{ ...USER, cache: 1 }] }, "'messages[0].cache'"],
    ['a call without a result', { messages: [USER, CALLED, USER] }, 'did not have response messages: c1'],
    ['a result without a call', { messages: [USER, { role: 'tool', tool_call_id: 'c', content: '' }] }, "role 'tool'"],
    ['tool_choice without tools', { tool_choice: 'auto' }, "'tool_choice' is only allowed"],
    [
      'a bad name of a function',
      { tools: [{ type: 'function', function: { name: 'a.b', parameters: OPEN } }] },
      'does not match',
    ],
    [
      'an open schema of a strict function',
      { tools: [{ ...TOOL, function: { ...TOOL.function, strict: true } }] },
      "'additionalProperties' is required",
    ],
    [
      'an optional member in a strict format',
      {
        response_format: {
          type: 'json_schema',
          json_schema: { name: 'x', strict: true, schema: { ...OPEN, additionalProperties: false } },
        },
      },
      "Missing 'a'",
    ],
  ])('OpenAI refuses %s', async (_, members, message) => {
    const answer = await send('/openai/v1/chat/completions', { model: 'gpt-4.1', messages: [USER], ...members });
    expect([answer.status, answer.body.error.type]).toEqual([400, 'invalid_request_error']);
    expect(answer.body.error.message).toContain(message);
  });

  const respond = (members: object) => send('/openai/v1/responses', { model: 'gpt-5.4', input: 'Go.', ...members });
  const ASKED = { type: 'message', role: 'user', content: 'Go. [[call=find]]' };
  const FIND = {
    type: 'function',
    name: 'find',
    parameters: { ...OPEN, additionalProperties: false, required: ['a'] },
  };

  it.each<[string, object, string]>([
    ['an unknown member', { messages: [] }, "Unknown parameter: 'messages'"],
    ['a function that is strict by default', { tools: [{ ...FIND, parameters: OPEN }] }, "'additionalProperties'"],
    [
      'a call without an output',
      { input: [ASKED, { type: 'function_call', call_id: 'c1', name: 'find', arguments: '{}' }] },
      'No tool output found for function call c1',
    ],
    [
      'an output without a call',
      { input: [ASKED, { type: 'function_call_output', call_id: 'c1', output: '' }] },
      'No tool call found',
    ],
    [
      'foreign reasoning',
      { input: [{ type: 'reasoning', id: 'rs_1', summary: [], encrypted_content: 'made up' }, ASKED] },
      'could not be verified',
    ],
    [
      'reasoning that it has not kept',
      { store: false, input: [{ type: 'reasoning', id: 'rs_1', summary: [] }, ASKED] },
      'Items are not persisted',
    ],
    [
      'output text of a user',
      { input: [{ role: 'user', content: [{ type: 'output_text', text: 'a' }] }] },
      "Invalid value: 'output_text'",
    ],
  ])('Responses refuse %s', async (_, members, message) => {
    const answer = await respond(members);
    expect([answer.status, answer.body.error.message]).toEqual([400, expect.stringContaining(message)]);
  });

  it('Responses take their own reasoning back', async () => {
    const settings = { store: false, include: ['reasoning.encrypted_content'], tools: [FIND] };
    const { output } = (await respond({ ...settings, input: [ASKED] })).body;
    expect(output.map(({ type }: any) => type)).toEqual(['reasoning', 'function_call']);
    const result = { type: 'function_call_output', call_id: output[1].call_id, output: 'found' };
    const next = await respond({ ...settings, input: [ASKED, ...output, result] });
    expect([next.status, next.body.output.at(-1).content[0].text]).toEqual([200, 'Results: found']);
    const changed = { ...output[0], encrypted_content: 'changed' };
    expect((await respond({ ...settings, input: [ASKED, changed, output[1], result] })).status).toBe(400);
  });

  const PATHS: [string, string, object, object][] = [
    ['openai', '/openai/v1/chat/completions', { model: 'gpt-4.1', messages: [USER] }, { code: 'rate_limit_exceeded' }],
    [
      'anthropic',
      '/anthropic/v1/messages',
      { model: 'claude-opus-5-5', max_tokens: 9, messages: [USER] },
      { type: 'rate_limit_error' },
    ],
    [
      'gemini',
      '/gemini/v1beta/models/gemini-3.5-flash:generateContent',
      { contents: [{ role: 'user', parts: [{ text: 'Go.' }] }] },
      { status: 'RESOURCE_EXHAUSTED' },
    ],
  ];

  it.each(PATHS)('%s fails as a header or a script says, in its own shape', async (vendor, path, body, error) => {
    const limited = await send(path, body, { 'x-fake': 'status=429 retry-after=7' });
    expect([limited.status, limited.headers.get('retry-after')]).toEqual([429, '7']);
    expect(limited.body.error).toMatchObject(error);
    const script = { vendor, directives: 'status=429', times: 1 };
    expect((await send('/control/scripts', script)).status).toBe(201);
    expect([(await send(path, body)).status, (await send(path, body)).status]).toEqual([429, 200]);
    expect((await send('/control/calls', undefined)).body[vendor]).toHaveLength(3);
    await expect(send(path, body, { 'x-fake': 'reset' })).rejects.toThrow();
    const startedAt = performance.now();
    await send(path, body, { 'x-fake': 'delay=120' });
    expect(performance.now() - startedAt).toBeGreaterThan(100);
  });

  it('names a control call that is wrong', async () => {
    expect((await send('/control/scripts', { vendor: 'openai', directives: 'stats=4' })).body.error).toContain(
      'stats=4',
    );
    expect((await send('/control/scripts', { vendor: 'acme' })).body.error).toContain('vendor');
    expect((await send('/nothing', undefined)).status).toBe(404);
  });

  it('runs Message Batches, and refuses a bad custom_id', async () => {
    const path = '/anthropic/v1/messages/batches';
    const params = { model: 'claude-haiku-5-5', max_tokens: 9, messages: [USER] };
    const refused = await send(path, { requests: [{ custom_id: 'my line', params }] });
    expect([refused.status, refused.body.error.message]).toEqual([
      400,
      expect.stringContaining("requests.0.custom_id: String should match pattern '^[A-Za-z0-9_-]{1,64}$'"),
    ]);
    const requests = [
      { custom_id: 'good', params },
      { custom_id: 'bad', params: { ...params, seed: 1 } },
    ];
    const { body: batch } = await send(path, { requests });
    expect(batch).toMatchObject({ processing_status: 'in_progress', request_counts: { processing: 2, succeeded: 0 } });
    await new Promise((resolve) => setTimeout(resolve, 80));
    const { body: ended } = await send(`${path}/${batch.id}`, undefined);
    expect(ended).toMatchObject({ processing_status: 'ended', request_counts: { succeeded: 1, errored: 1 } });
    const results = await send(new URL(ended.results_url).pathname, undefined);
    const lines = results.text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { custom_id: 'bad', result: { type: 'errored', error: { error: { type: 'invalid_request_error' } } } },
      { custom_id: 'good', result: { type: 'succeeded', message: { type: 'message' } } },
    ]);
  });
});
