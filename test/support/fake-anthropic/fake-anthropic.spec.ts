import { FakeAnthropic } from './fake-anthropic';

/** The vendor that tests compare the gateway with refuses what Anthropic refuses. */
describe('the fake Anthropic', () => {
  let fake: FakeAnthropic;
  beforeAll(async () => void (fake = await FakeAnthropic.start()));
  afterAll(() => fake.stop());

  const HEADERS = { 'x-api-key': 'k', 'anthropic-version': '2023-06-01', 'content-type': 'application/json' };
  const USER = { role: 'user', content: 'Go.' };
  const USE = { type: 'tool_use', id: 't1', name: 'find', input: {} };
  const RESULT = { role: 'user', content: [{ type: 'tool_result', tool_use_id: 't1', content: 'found' }] };
  const TOOLS = [{ name: 'find', input_schema: { type: 'object', properties: {} } }];

  const send = async (body: Record<string, unknown>, headers: Record<string, string> = HEADERS) => {
    const whole = { model: 'claude-sonnet-4-6', max_tokens: 100, messages: [USER], ...body };
    const response = await fetch(`${fake.baseUrl}/v1/messages`, {
      method: 'POST',
      headers,
      body: JSON.stringify(whole),
    });
    return { status: response.status, body: (await response.json()) as any };
  };

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['no limit', { max_tokens: undefined }, /max_tokens/],
    ['an unknown member', { seed: 1 }, /seed/],
    ['sampling on 4.7', { model: 'claude-opus-4-7', temperature: 1 }, /temperature/],
    ['sampling on 5.5', { model: 'claude-sonnet-5-5', top_p: 1 }, /top_p/],
    ['forced tools on 5.5', { model: 'claude-opus-5-5', tools: TOOLS, tool_choice: { type: 'any' } }, /tool_choice/],
    ['thinking off on Opus 5.5', { model: 'claude-opus-5-5', thinking: { type: 'disabled' } }, /thinking/],
    ['a budget on 4.7', { model: 'claude-opus-4-7', thinking: { type: 'enabled', budget_tokens: 2000 } }, /thinking/],
    ['a stop of white space', { stop_sequences: ['\n'] }, /stop_sequences/],
    ['an empty text', { messages: [{ role: 'user', content: [{ type: 'text', text: '' }] }] }, /non-empty/],
    ['prefill on 4.6', { messages: [USER, { role: 'assistant', content: 'It is' }] }, /prefill/],
    ['a call without a result', { tools: TOOLS, messages: [USER, { role: 'assistant', content: [USE] }, USER] }, /t1/],
    ['a result without a call', { messages: [USER, RESULT] }, /t1/],
    ['an e-mail address', { metadata: { user_id: 'kim@example.com' } }, /user_id/],
    [
      'thinking where it is off',
      {
        tools: TOOLS,
        messages: [
          USER,
          { role: 'assistant', content: [{ type: 'thinking', thinking: 'a', signature: 'b' }, USE] },
          RESULT,
        ],
      },
      /cannot contain thinking/,
    ],
    [
      'binding without its beta',
      { model: 'claude-opus-5-5', thinking: { type: 'adaptive', block_binding: {} } },
      /block_binding/,
    ],
    [
      'an open schema',
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      /additionalProperties/,
    ],
  ])('refuses %s', async (_, body, message) => {
    const answer = await send(body);
    expect([answer.status, answer.body.error.type]).toEqual([400, 'invalid_request_error']);
    expect(answer.body.error.message).toMatch(message);
  });

  it('refuses a request without a key or a version', async () => {
    expect((await send({}, {})).status).toBe(401);
    expect((await send({}, { 'x-api-key': 'k' })).status).toBe(400);
  });

  it.each([
    ['claude-opus-4-8', 'adaptive'],
    ['claude-opus-5-5', 'adaptive'],
    ['claude-sonnet-4-5', 'enabled'],
  ])('takes thinking of %s back as it was, and nothing else', async (model, type) => {
    const user = { role: 'user', content: 'Go. [[call=find]]' };
    const thinking = type === 'enabled' ? { type, budget_tokens: 1024 } : { type };
    const settings = { model, max_tokens: 4000, tools: TOOLS, thinking };
    const { content } = (await send({ ...settings, messages: [user] })).body;
    const [thought, text, use] = content;
    expect([thought.type, text.type, use.type]).toEqual(['thinking', 'text', 'tool_use']);
    const result = { role: 'user', content: [{ type: 'tool_result', tool_use_id: use.id, content: 'found' }] };
    const back = async (blocks: unknown[], first = user) =>
      (await send({ ...settings, messages: [first, { role: 'assistant', content: blocks }, result] })).status;
    expect(await back(content)).toBe(200);
    expect(await back([{ ...thought, thinking: 'changed' }, text, use])).toBe(400);
    expect(await back([{ ...thought, signature: 'changed' }, text, use])).toBe(400);
    expect(await back([text, use])).toBe(400);
    const isBound = model === 'claude-opus-5-5';
    expect(await back(content, { ...user, content: 'Changed. [[call=find]]' })).toBe(isBound ? 400 : 200);
  });
});
