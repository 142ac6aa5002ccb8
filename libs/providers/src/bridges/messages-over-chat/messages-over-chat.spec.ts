import * as fc from 'fast-check';
import { completionToChunks } from '../../endpoints/chat-completions/completion-replay';
import { MessagesStream } from '../../endpoints/messages/messages-stream';
import { openAiChat } from '../../openai/openai';
import { type UpstreamCall, UnsupportedMemberError } from '../../translator';
import { messagesOverChat } from './messages-over-chat';

const bridge = messagesOverChat(openAiChat);

function aCall(members: object = {}, rest: Partial<UpstreamCall> = {}): UpstreamCall {
  const body = { model: 'gpt', max_tokens: 100, messages: [{ role: 'user', content: 'Hi' }], ...members };
  return { body, upstreamModel: 'gpt-4.1', stream: false, requestId: 'r', baseUrl: 'http://up/v1', ...rest };
}

const sent = (members: object, rest?: Partial<UpstreamCall>) =>
  JSON.parse(String(bridge.toRequest(aCall(members, rest)).body));

describe('a request for messages over chat completions', () => {
  it('has the vendor’s limit of output tokens, the system prompt and the stop sequences', () => {
    expect(sent({ system: [{ type: 'text', text: 'Be brief.' }], stop_sequences: ['END'], temperature: 0 })).toEqual({
      model: 'gpt-4.1',
      messages: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'Hi' },
      ],
      max_completion_tokens: 100,
      stop: ['END'],
      temperature: 0,
    });
  });

  it('has tools, their choice and their results before the text beside them', () => {
    const tools = [{ name: 'weather', description: 'd', input_schema: { type: 'object' }, cache_control: {} }];
    const image = { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'AAAA' } };
    const body = sent({
      tools,
      tool_choice: { type: 'any', disable_parallel_tool_use: true },
      messages: [
        { role: 'user', content: '날씨?' },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'Hm', signature: 'foreign' },
            { type: 'text', text: 'Let me see.' },
            { type: 'tool_use', id: 't1', name: 'weather', input: { city: '서울' } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'text', text: 'And?' },
            {
              type: 'tool_result',
              tool_use_id: 't1',
              is_error: true,
              content: [{ type: 'text', text: 'none' }, image],
            },
          ],
        },
      ],
    });
    expect(body.tools).toEqual([
      { type: 'function', function: { name: 'weather', description: 'd', parameters: { type: 'object' } } },
    ]);
    expect(body).toMatchObject({ tool_choice: 'required', parallel_tool_calls: false });
    expect(body.messages.slice(1)).toEqual([
      {
        role: 'assistant',
        content: 'Let me see.',
        tool_calls: [{ id: 't1', type: 'function', function: { name: 'weather', arguments: '{"city":"서울"}' } }],
      },
      { role: 'tool', tool_call_id: 't1', content: 'Error: none' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'And?' },
          { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
        ],
      },
    ]);
  });

  it.each([
    [{ output_config: { effort: 'max' } }, { reasoning_effort: 'xhigh' }],
    [{ thinking: { type: 'enabled', budget_tokens: 4_000 } }, { reasoning_effort: 'medium' }],
    [{ thinking: { type: 'disabled' }, output_config: { effort: 'high' } }, {}],
    [
      { output_config: { format: { type: 'json_schema', schema: { type: 'object' } } } },
      { response_format: expect.anything() },
    ],
    [{ metadata: { user_id: 'u1' } }, { user: 'u1' }],
    [{ tool_choice: { type: 'tool', name: 'f' } }, { tool_choice: { type: 'function', function: { name: 'f' } } }],
  ])('translates %j', (members, expected) => {
    const { model: _model, messages: _messages, max_completion_tokens: _limit, ...rest } = sent(members);
    expect(rest).toEqual(expected);
  });

  it('tells what it drops, and the effort of a model that does not reason', () => {
    const call = aCall({ top_k: 5, output_config: { effort: 'low' }, next_year: 1 }, { reasons: false });
    expect(bridge.toRequest(call).dropped).toEqual(['top_k', 'next_year', 'output_config.effort']);
  });

  it.each([
    [{ mcp_servers: [{}] }, 'mcp_servers'],
    [{ tools: [{ type: 'web_search_20260209', name: 'web_search' }] }, 'tools.0.type'],
    [{ messages: [{ role: 'user', content: [{ type: 'container_upload' }] }] }, 'messages.0.content.0.type'],
    [
      { messages: [{ role: 'user', content: [{ type: 'document', source: { type: 'url', url: 'x' } }] }] },
      'messages.0.content.0.source',
    ],
    [{ system: [{ type: 'image' }] }, 'system.0.type'],
  ])('is refused where silence would change the answer: %j', (members, param) => {
    expect(() => bridge.toRequest(aCall(members))).toThrow(UnsupportedMemberError);
    expect(() => bridge.toRequest(aCall(members))).toThrow(expect.objectContaining({ param }));
  });

  it('brings the vendor’s own reasoning back in the next request', () => {
    const details = [{ type: 'reasoning.text', text: 'Hm', signature: 'Zm9v', format: 'google-gemini-v1', index: 0 }];
    const said = { role: 'assistant', content: 'Yes', reasoning: 'Hm', reasoning_details: details };
    const reply = Buffer.from(
      JSON.stringify({ id: 'c', model: 'm', choices: [{ index: 0, message: said, finish_reason: 'stop' }] }),
    );
    const read = bridge.fromReply(reply, aCall());
    const turn = JSON.parse(read.kind === 'response' ? read.reply.body.toString() : '{}');
    const messages = [
      { role: 'user', content: 'Hi' },
      { role: 'assistant', content: turn.content },
      { role: 'user', content: 'Why?' },
    ];
    expect(sent({ messages }).messages[1]).toEqual({ role: 'assistant', content: 'Yes', reasoning_details: details });
  });
});

const words = fc.string({ unit: 'grapheme', minLength: 1 });
const completion = fc.record({
  reasoning: fc.option(words, { nil: undefined }),
  content: fc.option(words, { nil: null }),
  calls: fc.array(fc.dictionary(fc.constantFrom('city', '도시'), words), { maxLength: 3 }),
  finish: fc.constantFrom('stop', 'length', 'content_filter'),
});

describe('a response of chat completions as a message', () => {
  it('says in a stream what it says whole, with one open block at a time and no gap', () => {
    fc.assert(
      fc.property(completion, fc.integer({ min: 1, max: 20 }), ({ reasoning, content, calls, finish }, pieceLength) => {
        const toolCalls = calls.map((input, at) => ({
          id: `call_${at}`,
          type: 'function',
          function: { name: 'f', arguments: JSON.stringify(input) },
        }));
        const message = {
          role: 'assistant',
          ...(reasoning !== undefined && { reasoning_content: reasoning }),
          content,
          ...(toolCalls.length > 0 && { tool_calls: toolCalls }),
        };
        const usage = {
          prompt_tokens: 9,
          completion_tokens: 4,
          total_tokens: 13,
          prompt_tokens_details: { cached_tokens: 3 },
        };
        const reply = {
          id: 'chatcmpl-1',
          object: 'chat.completion',
          created: 1,
          model: 'gpt-4.1',
          choices: [{ index: 0, message, finish_reason: toolCalls.length > 0 ? 'tool_calls' : finish }],
          usage,
        };
        const read = bridge.fromReply(Buffer.from(JSON.stringify(reply)), aCall());
        const whole = JSON.parse(read.kind === 'response' ? read.reply.body.toString() : '');
        const data = [...completionToChunks(reply, { includeUsage: true, pieceLength }), '[DONE]'];
        const streamed = readEvents(data);
        expect(streamed.message).toEqual(whole);
        expect(streamed.assembled).toEqual(whole);
        expect(whole.usage).toMatchObject({ input_tokens: 6, cache_read_input_tokens: 3, output_tokens: 4 });
      }),
    );
  });

  it('keeps interleaved parallel calls apart', () => {
    const delta = (index: number, members: object) => ({
      id: 'c',
      model: 'm',
      choices: [{ index: 0, delta: { tool_calls: [{ index, ...members }] }, finish_reason: null }],
    });
    const data = [
      delta(0, { id: 'a', type: 'function', function: { name: 'f', arguments: '{"x"' } }),
      delta(1, { id: 'b', type: 'function', function: { name: 'g', arguments: '{"y"' } }),
      delta(0, { function: { arguments: ':1}' } }),
      delta(1, { function: { arguments: ':2}' } }),
      { id: 'c', model: 'm', choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] },
    ].map((chunk) => JSON.stringify(chunk));
    const { message } = readEvents([...data, '[DONE]']);
    expect(message).toMatchObject({
      stop_reason: 'tool_use',
      content: [
        { type: 'tool_use', id: 'a', name: 'f', input: { x: 1 } },
        { type: 'tool_use', id: 'b', name: 'g', input: { y: 2 } },
      ],
    });
  });

  const chunk = (delta: object, finish: string | null = null, rest: object = { id: 'c', model: 'm' }) =>
    JSON.stringify({ ...rest, choices: [{ index: 0, delta, finish_reason: finish }] });
  const call = (text: string, rest: object = {}) => ({
    tool_calls: [{ index: 0, ...rest, function: { name: 'f', arguments: text } }],
  });

  it('keeps the arguments of a call whole where text comes within them', () => {
    const data = [
      chunk(call('{"a"', { id: 'x' })),
      chunk({ content: '\n' }),
      chunk(call(':1}')),
      chunk({}, 'tool_calls'),
    ];
    expect(readEvents([...data, '[DONE]']).message.content).toMatchObject([
      { type: 'tool_use', input: { a: 1 } },
      { type: 'text' },
    ]);
  });

  it('ends whole where the vendor gives no finish reason, and takes no call after one', () => {
    const { message } = readEvents([chunk({ content: 'Hi' }), '[DONE]']);
    expect(message).toMatchObject({ content: [{ type: 'text', text: 'Hi' }], stop_reason: null });
    const late = readEvents([chunk({ content: 'Hi' }, 'stop'), chunk(call('{}', { id: 'x' })), '[DONE]']);
    expect(late.message).toMatchObject({ content: [{ type: 'text' }], stop_reason: 'end_turn' });
  });

  it('has the id of the first chunk that has one', () => {
    const filter = JSON.stringify({ id: '', model: '', choices: [], prompt_filter_results: [] });
    const { message } = readEvents([
      filter,
      chunk({ content: 'Hi' }, 'stop', { id: 'chatcmpl-9', model: 'gpt' }),
      '[DONE]',
    ]);
    expect(message).toMatchObject({ id: 'msg_9', model: 'gpt' });
  });

  it('keeps all digits of a call', () => {
    const tool = { id: 'a', type: 'function', function: { name: 'f', arguments: '{"id":12345678901234567890}' } };
    const reply = { id: 'c', choices: [{ index: 0, message: { tool_calls: [tool] }, finish_reason: 'tool_calls' }] };
    const read = bridge.fromReply(Buffer.from(JSON.stringify(reply)), aCall());
    expect(read.kind === 'response' && read.reply.body.toString()).toContain('12345678901234567890');
  });

  it('is a refusal with the words of the model', () => {
    const message = { role: 'assistant', content: null, refusal: '도와드릴 수 없습니다.' };
    const reply = { id: 'c', model: 'm', choices: [{ index: 0, message, finish_reason: 'stop' }] };
    const read = bridge.fromReply(Buffer.from(JSON.stringify(reply)), aCall());
    expect(JSON.parse(read.kind === 'response' ? read.reply.body.toString() : '')).toMatchObject({
      stop_reason: 'refusal',
      stop_details: { type: 'refusal', explanation: '도와드릴 수 없습니다.' },
      content: [{ type: 'text', text: '도와드릴 수 없습니다.' }],
    });
  });
});

/** Reads the bridge's events as a client does, and checks their order. */
function readEvents(data: readonly string[]) {
  const decoder = bridge.openStream(aCall({}, { stream: true }));
  const chunks = data.flatMap((each) => decoder.push({ event: undefined, data: each }));
  const last = chunks.filter(({ kind }) => kind === 'usage').at(-1);
  const events = [...chunks.filter(({ kind }) => kind !== 'usage' && kind !== 'done'), ...(last ? [last] : [])];
  expect(chunks.at(-1)?.kind).toBe('done');
  let open: number | undefined;
  let blocks = 0;
  const client = new MessagesStream();
  for (const { event, data: text } of events) {
    const { type, index } = JSON.parse(text);
    expect(event).toBe(type);
    if (type === 'content_block_start') {
      expect(open).toBeUndefined();
      expect(index).toBe(blocks);
      open = blocks;
      blocks += 1;
    } else if (type === 'content_block_stop' || type === 'content_block_delta') expect(index).toBe(open);
    if (type === 'content_block_stop') open = undefined;
    client.push({ event, data: text });
  }
  expect(open).toBeUndefined();
  const bodyOf = (reply: { body: Buffer }) => JSON.parse(reply.body.toString());
  return { message: bodyOf(client.assemble()), assembled: bodyOf(decoder.assemble()) };
}
