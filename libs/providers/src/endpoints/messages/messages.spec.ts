import * as fc from 'fast-check';
import { InvalidRequestError } from '../../endpoint';
import { SseReader } from '../../transport/sse-reader';
import { MessagesStream } from './messages-stream';
import { messages } from './messages.endpoint';

const ASKED = { model: 'claude-sonnet-5-5', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }] };
const usage = { input_tokens: 5, cache_read_input_tokens: 2, cache_creation_input_tokens: 1, output_tokens: 7 };
const message = (content: object[], members: object = {}) => ({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet-5-5',
  content,
  stop_reason: 'end_turn',
  stop_sequence: null,
  usage,
  ...members,
});
const bytes = (value: object) => Buffer.from(JSON.stringify(value));
const decode = (text: string) => {
  const reader = new SseReader();
  const decoder = new MessagesStream();
  for (const item of [...reader.push(Buffer.from(text)), ...reader.end()])
    if (item.kind === 'event') decoder.push(item);
  return decoder;
};

const text = fc.string({ unit: 'grapheme' });
const block = fc.oneof(
  text.map((said) => ({ type: 'text', text: said })),
  fc.record({ type: fc.constant('thinking'), thinking: text, signature: fc.base64String() }),
  fc.record({
    type: fc.constant('tool_use'),
    id: fc.uuid(),
    name: fc.constantFrom('weather', 'search'),
    input: fc.dictionary(
      fc.string({ minLength: 1 }).filter((name) => name !== '__proto__'),
      text,
    ),
  }),
  fc.constant({ type: 'redacted_thinking', data: 'Zm9v' }),
  fc.constant({ type: 'of_next_year', members: [1] }),
);

describe('a stored message', () => {
  it('replays as a stream that assembles to the same message', () => {
    fc.assert(
      fc.property(fc.array(block, { maxLength: 4 }), fc.integer({ min: 1, max: 30 }), (content, pieceLength) => {
        const whole = message(content);
        const chunks = [...messages.replay(bytes(whole)).chunks({ includeUsage: true, pieceLength })];
        const events = chunks.map((chunk) => messages.render.chunk(chunk)).join('');
        const decoder = decode(
          events + messages.render.end(undefined, { cost_usd: '0', saved_usd: '0', cache_status: '' }),
        );
        expect(JSON.parse(decoder.assemble().body.toString())).toEqual(whole);
        expect(decoder.ended && decoder.finished).toBe(true);
      }),
    );
  });

  it('has no thinking, which is bound to its credential', () => {
    const content = [
      { type: 'thinking', thinking: 'Hm', signature: 'Zm9v' },
      { type: 'redacted_thinking', data: 'Zm9v' },
      { type: 'text', text: 'Yes' },
    ];
    const left = messages.withoutSignatures(bytes(message(content)));
    expect(JSON.parse(left.toString()).content).toEqual([{ type: 'text', text: 'Yes' }]);
    const plain = bytes(message([{ type: 'text', text: 'thinking' }]));
    expect(messages.withoutSignatures(plain)).toBe(plain);
  });
});

describe('a stream of messages', () => {
  const start = { type: 'message_start', message: message([], { stop_reason: null, usage: { output_tokens: 1 } }) };
  const sse = (...events: object[]) =>
    events
      .map((event) => messages.render.chunk({ event: String(Reflect.get(event, 'type')), data: JSON.stringify(event) }))
      .join('');

  it('takes the first start, skips what it does not know, and adds the usage of the end', () => {
    const decoder = decode(
      sse(
        start,
        { type: 'ping' },
        { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
        { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: '안녕' } },
        { type: 'message_start', message: message([], { id: 'msg_2' }) },
        { type: 'content_block_delta', index: 0, delta: { type: 'of_next_year', text: 'x' } },
        { type: 'of_next_year' },
        { type: 'content_block_stop', index: 0 },
        { type: 'content_block_start', index: 1, content_block: { type: 'tool_use', id: 't', name: 'f', input: {} } },
        { type: 'content_block_stop', index: 1 },
        { type: 'message_delta', delta: { stop_reason: 'tool_use', stop_sequence: null }, usage },
        { type: 'message_stop' },
      ),
    );
    const { body, facts } = decoder.assemble();
    expect(JSON.parse(body.toString())).toMatchObject({
      id: 'msg_1',
      stop_reason: 'tool_use',
      content: [
        { type: 'text', text: '안녕' },
        { type: 'tool_use', id: 't', input: {} },
      ],
      usage,
    });
    expect(facts).toMatchObject({
      finishReasons: ['tool_calls'],
      hasToolCalls: true,
      usage: { inputTokens: 8, cachedInputTokens: 2, cacheWriteTokens: 1, outputTokens: 7 },
    });
  });

  it('that breaks off within a tool’s input is no whole message', () => {
    const decoder = decode(
      sse(
        start,
        { type: 'content_block_start', index: 0, content_block: { type: 'tool_use', id: 't', name: 'f', input: {} } },
        { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: '{"a' } },
      ),
    );
    expect(decoder.finished).toBe(false);
    expect(decoder.assemble().facts.finishReasons).toEqual([null]);
  });

  it('has no usage before the end: the start’s counts are those of the input', () => {
    const opened = { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
    const grow = { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'long' } };
    const begun = { type: 'message_start', message: message([], { stop_reason: null }) };
    expect(decode(sse(begun, opened, grow)).assemble().facts.usage).toBeUndefined();
    const end = {
      type: 'message_delta',
      delta: { stop_reason: 'end_turn' },
      usage: { input_tokens: null, output_tokens: 9 },
    };
    expect(decode(sse(begun, text, grow, end)).assemble().facts.usage).toMatchObject({
      inputTokens: 8,
      outputTokens: 9,
    });
  });

  it('may begin with the whole message', () => {
    const whole = message([{ type: 'text', text: 'All of it' }]);
    const decoder = decode(sse({ type: 'message_start', message: whole }, { type: 'message_stop' }));
    expect(JSON.parse(decoder.assemble().body.toString())).toEqual(whole);
    expect(decoder.assemble().facts.usage).toMatchObject({ outputTokens: 7 });
  });

  it('keeps all digits of a tool’s input, streamed, stored and replayed', () => {
    const call = {
      type: 'content_block_start',
      index: 0,
      content_block: { type: 'tool_use', id: 't', name: 'f', input: {} },
    };
    const input = '{"id":12345678901234567890}';
    const delta = { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: input } };
    const end = { type: 'message_delta', delta: { stop_reason: 'tool_use' }, usage };
    const stored = messages.withoutSignatures(decode(sse(start, call, delta, end)).assemble().body);
    expect(stored.toString()).toContain('12345678901234567890');
    const events = [...messages.replay(stored).chunks({ includeUsage: true })].map((chunk) => chunk.data).join();
    expect(events).toContain('12345678901234567890');
  });

  it('costs more at the faster speed and in the United States', () => {
    const at = (members: object) => {
      const read = decode(sse({ type: 'message_start', message: message([], { usage: { ...usage, ...members } }) }));
      return read.assemble().facts.serviceTier;
    };
    expect([at({ speed: 'fast' }), at({ inference_geo: 'us' }), at({ speed: 'fast', inference_geo: 'us' })]).toEqual([
      'fast',
      'us',
      'fast-us',
    ]);
    expect(messages.read({ ...ASKED, speed: 'fast' }).request.serviceTier).toBe('fast');
  });

  it('hands errors on, and ends with the cost of the call', () => {
    const decoder = new MessagesStream();
    const data = JSON.stringify({ type: 'error', error: { type: 'overloaded_error', message: 'Overloaded' } });
    expect(decoder.push({ event: 'error', data })).toEqual([{ kind: 'error', data }]);
    expect(decoder.push({ event: 'x', data: 'no JSON' })[0]?.kind).toBe('error');
    const delta = JSON.stringify({ type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage });
    expect(messages.render.end(delta, { cost_usd: '0.1', saved_usd: '0', cache_status: 'MISS' })).toBe(
      'event: message_delta\ndata: {"type":"message_delta","delta":{"stop_reason":"end_turn"},"usage":{"input_tokens":5,' +
        '"cache_read_input_tokens":2,"cache_creation_input_tokens":1,"output_tokens":7,"gateway":{"cost_usd":"0.1",' +
        '"saved_usd":"0","cache_status":"MISS"}}}\n\nevent: message_stop\ndata: {"type":"message_stop"}\n\n',
    );
  });
});

describe('a request for messages', () => {
  it.each([
    [{ model: undefined }, 'model'],
    [{ max_tokens: undefined }, 'max_tokens'],
    [{ max_tokens: -1 }, 'max_tokens'],
    [{ max_tokens: 1.5 }, 'max_tokens'],
    [{ messages: [] }, 'messages'],
    [{ messages: [{ role: 'tool', content: 'x' }] }, 'messages.0.role'],
    [{ messages: [{ role: 'user', content: 5 }] }, 'messages.0.content'],
    [{ messages: [{ role: 'user', content: [{ text: 'x' }] }] }, 'messages.0.content.0.type'],
    [{ stream: 'yes' }, 'stream'],
  ])('names the faulty member: %j', (members, param) => {
    expect(() => messages.read({ ...ASKED, ...members })).toThrow(InvalidRequestError);
    expect(() => messages.read({ ...ASKED, ...members })).toThrow(expect.objectContaining({ param }));
  });

  it('says what the pipeline needs', () => {
    const tools = [{ type: 'web_search_20260209', name: 'web_search' }];
    const { request } = messages.read({
      ...ASKED,
      stream: true,
      tools,
      tool_choice: { type: 'tool', name: 'web_search' },
      metadata: { user_id: 'u', project: 'p' },
    });
    expect(request).toEqual({
      model: 'claude-sonnet-5-5',
      stream: true,
      choices: 1,
      maxOutputTokens: 100,
      metadata: { project: 'p' },
      wantsUsage: true,
      serviceTier: undefined,
      forcesTool: true,
      unpricedMember: 'tools',
    });
  });

  it.each<[object, string | undefined]>([
    [{ tools: [{ type: 'web_fetch_20250910', name: 'web_fetch' }] }, 'tools'],
    [{ tools: [{ type: 'mcp_toolset', mcp_server_name: 'a' }] }, 'tools'],
    [{ mcp_servers: [{ type: 'url', url: 'https://a.example', name: 'a' }] }, 'mcp_servers'],
    [{ mcp_servers: [], tools: [{ name: 'f', input_schema: {} }] }, undefined],
    [{ tools: [{ type: 'custom', name: 'f' }] }, undefined],
    [{ tools: [{ type: 'bash_20250124', name: 'bash' }] }, undefined],
    [{ tools: [{ type: 'text_editor_20250728', name: 'str_replace_based_edit_tool' }] }, undefined],
    [{ tools: [{ type: 'memory_20250818', name: 'memory' }] }, undefined],
  ])('A21: the member of %j that no price of tokens covers is %s', (members, member) => {
    expect(messages.read({ ...ASKED, ...members }).request.unpricedMember).toBe(member);
  });

  it('finds earlier turns, texts and attachments', () => {
    const body = {
      ...ASKED,
      system: [{ type: 'text', text: 'Be brief.' }],
      messages: [
        {
          role: 'user',
          content: [{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } }],
        },
        {
          role: 'assistant',
          content: [
            { type: 'text', text: 'a' },
            { type: 'tool_use', id: 't1', name: 'f', input: {} },
          ],
        },
      ],
    };
    expect(messages.turnIds(body)).toEqual(['t1']);
    expect(messages.content(body)).toMatchObject({ attachments: { count: 1, bytes: 4 } });
    expect(messages.content(body).texts[0]).toContain('Be brief.');
    expect(messages.written(bytes(message([{ type: 'text', text: 'said' }])))).toBe('said');
  });

  it('counts documents of text as text, and nothing in a tool’s input as an attachment', () => {
    const source = { type: 'text', media_type: 'text/plain', data: 'a long document' };
    const fake = { type: 'image', source: { type: 'base64', data: 'the caller’s own words' } };
    const body = {
      ...ASKED,
      messages: [
        { role: 'user', content: [{ type: 'document', source }] },
        { role: 'assistant', content: [{ type: 'tool_use', id: 't', name: 'f', input: fake }] },
      ],
    };
    const { texts, attachments } = messages.content(body);
    expect(attachments).toEqual({ count: 0, bytes: 0, files: [] });
    expect(texts[0]).toContain('a long document');
    expect(texts[0]).toContain('the caller’s own words');
  });

  it('has errors in Anthropic’s shape', () => {
    const error = { status: 402, message: 'Spent.', type: 'x', param: null, code: 'budget_exceeded', scope: 'team:1' };
    expect(messages.render.errorBody(error, 'req_1')).toEqual({
      type: 'error',
      error: { type: 'billing_error', message: 'Spent.', code: 'budget_exceeded', scope: 'team:1' },
      request_id: 'req_1',
    });
  });
});
