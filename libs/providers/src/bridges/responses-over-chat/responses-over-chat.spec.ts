import { join } from 'node:path';
import { openAiChat } from '../../openai/openai';
import { describeTranslator } from '../../testing/describe-translator';
import { type Translator, UnsupportedMemberError, type UpstreamCall } from '../../translator';
import { responsesOverChat } from './responses-over-chat';

const bridge = responsesOverChat(openAiChat);

describeTranslator('responses over chat', bridge, join(__dirname, '__fixtures__'));

const callOf = (members: object): UpstreamCall => ({
  body: { model: 'm', input: 'Hi', ...members },
  upstreamModel: 'm',
  stream: true,
  requestId: 'req-1',
  baseUrl: 'http://upstream.test/v1',
});
const chunk = (delta: object, finish: string | null = null, more: object = {}) => ({
  event: undefined,
  data: JSON.stringify({
    id: 'c',
    created: 1,
    model: 'm',
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  }),
});
const messagesOf = (input: unknown[]) => JSON.parse(String(bridge.toRequest(callOf({ input })).body)).messages;

describe('what chat completions do not have', () => {
  const tool = (type: string) => ({ type, name: 'f' });
  it.each([
    ['tools[2].type', { tools: [tool('function'), tool('function'), tool('web_search')] }],
    ['tools[0].type', { tools: [tool('custom')] }],
    ['tool_choice.type', { tool_choice: { type: 'file_search' } }],
    ['tool_choice.tools[0].type', { tool_choice: { type: 'allowed_tools', tools: [tool('mcp')] } }],
    ['input[1].type', { input: [{ role: 'user', content: 'x' }, { type: 'web_search_call' }] }],
    ['input[0].content[0].file_id', { input: [{ role: 'user', content: [{ type: 'input_image', file_id: 'f' }] }] }],
    ['input[0].content[0]', { input: [{ role: 'user', content: [{ type: 'input_file', file_id: 'f' }] }] }],
    ['input[0].content[0].type', { input: [{ role: 'user', content: [{ type: 'input_video' }] }] }],
  ])('is refused by its name: %s', (param, members) => {
    const refused = (() => {
      try {
        return bridge.toRequest(callOf(members));
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(UnsupportedMemberError);
    expect(refused).toMatchObject({ param, status: 400 });
  });

  it.each([
    ['input[0].content', { input: [{ role: 'user', content: 7 }] }],
    ['input[0].content[0]', { input: [{ role: 'user', content: ['x'] }] }],
  ])('content that is wrong in any API is a wrong request: %s', (param, members) => {
    expect(() => bridge.toRequest(callOf(members))).toThrow(
      expect.objectContaining({ name: 'InvalidRequestError', param }),
    );
  });

  it('is reported under the caller’s names', () => {
    const dropping: Translator = {
      ...openAiChat,
      toRequest: (call) => ({
        ...openAiChat.toRequest(call),
        dropped: ['reasoning_effort', 'messages[0].name', 'top_p'],
      }),
    };
    const { dropped } = responsesOverChat(dropping).toRequest(
      callOf({ constructor: 1, max_tool_calls: 2, store: true }),
    );
    expect(dropped).toEqual(['constructor', 'max_tool_calls', 'reasoning.effort', 'input', 'top_p']);
    const refusing: Translator = {
      ...openAiChat,
      toRequest: () => {
        throw new UnsupportedMemberError('No.', 'response_format.json_schema');
      },
    };
    expect(() => responsesOverChat(refusing).toRequest(callOf({}))).toThrow(
      expect.objectContaining({ param: 'text.format', status: 422 }),
    );
  });
});

describe('a turn of the assistant', () => {
  it('keeps a text after calls with them, and parts two texts', () => {
    const call = { type: 'function_call', call_id: 'a', name: 'f', arguments: '{}' };
    const says = (content: string) => ({ role: 'assistant', content });
    const result = { type: 'function_call_output', call_id: 'a', output: 'ok' };
    expect(messagesOf([says('one'), says('two'), call, says(' three'), result])).toMatchObject([
      { role: 'assistant', content: 'one' },
      { role: 'assistant', content: 'two three', tool_calls: [{ id: 'a' }] },
      { role: 'tool', content: 'ok' },
    ]);
  });

  it('has no reasoning of another version of its encoding', () => {
    const carried = Buffer.from('{"reasoning_content":"x"}').toString('base64url');
    const reasoning = { type: 'reasoning', summary: [], encrypted_content: `tg2.${carried}` };
    expect(messagesOf([reasoning, { role: 'assistant', content: 'y' }])).toEqual([{ role: 'assistant', content: 'y' }]);
  });

  it('of reasoning alone is left out, and a changed one is ignored', () => {
    const reasoning = { type: 'reasoning', summary: [], encrypted_content: 'tg1.bm90IGpzb24' };
    expect(messagesOf([{ role: 'user', content: 'x' }, reasoning])).toHaveLength(1);
  });
});

describe('a stream over chat', () => {
  it('gives reasoning back in the next request as it came', () => {
    const details = [{ type: 'reasoning.encrypted', data: 'AAA', index: 0 }];
    const stream = bridge.openStream(callOf({ include: ['reasoning.encrypted_content'] }));
    const called = { tool_calls: [{ index: 0, id: 'a', function: { name: 'f', arguments: '{}' } }] };
    for (const event of [chunk({ ...called, reasoning_details: details }), chunk({}, 'tool_calls')]) stream.push(event);
    stream.push({ event: undefined, data: '[DONE]' });
    const { output } = JSON.parse(stream.assemble().body.toString());
    expect(output.map(({ type }: { type: string }) => type)).toEqual(['reasoning', 'function_call']);
    expect(messagesOf([{ role: 'user', content: 'x' }, ...output])[1]).toMatchObject({
      reasoning_details: details,
      tool_calls: [{ id: 'a' }],
    });
  });

  it('carries details that come after the text', () => {
    const stream = bridge.openStream(callOf({ include: ['reasoning.encrypted_content'] }));
    stream.push(chunk({ content: 'x' }));
    stream.push(chunk({ reasoning_details: [{ type: 'reasoning.encrypted', data: 'AAA', index: 0 }] }));
    stream.push(chunk({}, 'stop'));
    stream.push({ event: undefined, data: '[DONE]' });
    const { output } = JSON.parse(stream.assemble().body.toString());
    expect(output.map(({ type }: { type: string }) => type)).toEqual(['message', 'reasoning']);
  });

  it('is whole without an end mark of the vendor', () => {
    const stream = bridge.openStream(callOf({}));
    stream.push(chunk({ content: 'x' }));
    stream.push(chunk({}, 'stop'));
    expect([stream.finished, stream.ended]).toEqual([true, false]);
    expect(stream.close?.().map(({ event }) => event)).toEqual([
      'response.output_text.done',
      'response.content_part.done',
      'response.output_item.done',
      'response.completed',
    ]);
    expect(stream.close?.()).toEqual([]);
  });

  it('that breaks off ends in response.failed', () => {
    const stream = bridge.openStream(callOf({}));
    const chunks = stream.push(chunk({ content: 'half' }));
    const [failed] = stream.close?.({ code: 'upstream_rate_limited', message: 'Slow down.' }) ?? [];
    expect(JSON.parse(String(failed?.data))).toMatchObject({
      sequence_number: chunks.length,
      response: {
        status: 'failed',
        error: { code: 'rate_limit_exceeded', message: 'Slow down.' },
        output: [{ status: 'incomplete', content: [{ text: 'half' }] }],
      },
    });
  });

  it('without any content is a response without output', () => {
    const stream = bridge.openStream(callOf({}));
    stream.push(chunk({ role: 'assistant', content: '' }, 'stop'));
    const chunks = stream.push({ event: undefined, data: '[DONE]' });
    expect(chunks.map(({ event }) => event)).toEqual([
      'response.created',
      'response.in_progress',
      'response.completed',
      undefined,
    ]);
  });
});
