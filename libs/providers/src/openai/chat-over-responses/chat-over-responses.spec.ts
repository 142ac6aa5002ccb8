import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { compatible } from '../../compatible/compatible';
import { OPENAI_VENDORS } from '../../compatible/records/openai';
import { messages } from '../../endpoints/messages/messages.endpoint';
import type { JsonRecord } from '../../json-record';
import { CHAT_COMPLETIONS, translatorFor } from '../../provider';
import { describeTranslator } from '../../testing/describe-translator';
import { type ReadReply, UnsupportedMemberError, type UpstreamCall } from '../../translator';
import { chatOverResponses } from './chat-over-responses';

const FIXTURES = join(__dirname, '__fixtures__');

describeTranslator('chat over responses', chatOverResponses, FIXTURES);

const callOf = (members: JsonRecord, more: Partial<UpstreamCall> = {}): UpstreamCall => ({
  body: { model: 'm', messages: [{ role: 'user', content: 'q' }], ...members },
  upstreamModel: 'gpt-5.2-codex',
  stream: false,
  requestId: 'req-1',
  baseUrl: 'https://api.openai.test/v1',
  ...more,
});
const sent = (call: UpstreamCall): JsonRecord => JSON.parse(String(chatOverResponses.toRequest(call).body));
const replyOf = (read: ReadReply) => {
  if (read.kind !== 'response') throw new Error(read.kind);
  return read.reply;
};
const fixture = (name: string) => readFileSync(join(FIXTURES, name, 'reply.json'));

describe('the reasoning of a turn', () => {
  const recorded = JSON.parse(fixture('reasoning-tools').toString()).output;
  const { body, turn } = replyOf(chatOverResponses.fromReply(fixture('reasoning-tools'), callOf({})));
  const { message } = JSON.parse(body.toString()).choices[0];
  const results = message.tool_calls.map(({ id }: { id: string }) => ({
    role: 'tool',
    tool_call_id: id,
    content: 'r',
  }));
  const history = (assistant: JsonRecord) => ({ messages: [{ role: 'user', content: 'q' }, assistant, ...results] });
  const turns = new Map(turn?.toolCallIds.map((id) => [id, turn.turn] as const));
  const plain = { role: 'assistant', content: message.content, tool_calls: message.tool_calls };

  it('goes back as the vendor wrote it, where the client has dropped it', () => {
    const { input } = sent(callOf(history(plain), { turns }));
    expect(input).toEqual([
      { role: 'user', content: 'q' },
      ...recorded,
      { type: 'function_call_output', call_id: 'call_Ab3dEf9hJk1', output: 'r' },
      { type: 'function_call_output', call_id: 'call_Ab3dEf9hJk2', output: 'r' },
    ]);
  });

  it('goes back also where the arguments have other white space', () => {
    const [first, second] = message.tool_calls;
    const called = { ...first, function: { ...first.function, arguments: '{"city":"서울"}' } };
    const { input } = sent(callOf(history({ ...plain, tool_calls: [called, second] }), { turns }));
    expect(input).toContainEqual(recorded[0]);
  });

  it.each([
    ['text', { ...plain, content: 'Another text.' }],
    ['calls', { ...plain, tool_calls: plain.tool_calls.slice(0, 1) }],
  ])('is left out where the client has changed the %s', (_, changed) => {
    expect(JSON.stringify(sent(callOf(history(changed), { turns })).input)).not.toContain('gAAAAABenc1==');
  });

  it('goes back from what the client kept, in its place', () => {
    const { input } = sent(callOf(history(message)));
    expect(input).toMatchObject([
      { role: 'user' },
      {
        type: 'reasoning',
        id: 'rs_1',
        summary: [{ text: 'Look up both cities.\n\nThen compare.' }],
        encrypted_content: 'gAAAAABenc1==',
      },
      { role: 'assistant' },
      { type: 'function_call' },
      { type: 'function_call' },
      { type: 'function_call_output' },
      { type: 'function_call_output' },
    ]);
  });

  it('is left out where OpenAI cannot read it, once', () => {
    const call = callOf(history(message), { turns });
    const refused = { status: 400, headers: {}, body: '{"error":{"code":"invalid_encrypted_content"}}' };
    const amended = chatOverResponses.amend?.(call, refused);
    expect(amended && JSON.stringify(sent(amended).input)).not.toContain('reasoning');
    expect(amended && chatOverResponses.amend?.(amended, refused)).toBeUndefined();
    expect(chatOverResponses.amend?.(call, { ...refused, body: '{}' })).toBeUndefined();
  });

  it('alone, which nothing follows, does not go back', () => {
    const details = [{ type: 'reasoning.encrypted', data: 'g', format: 'openai-responses-v1', index: 0 }];
    const assistant = { role: 'assistant', content: null, reasoning_details: details };
    expect(sent(callOf({ messages: [assistant, { role: 'user', content: 'q' }] })).input).toHaveLength(1);
  });

  it('is the same from turn to turn, byte for byte', () => {
    const write = () => String(chatOverResponses.toRequest(callOf(history(plain), { turns })).body);
    expect(write()).toBe(write());
  });
});

describe('what Responses do not have', () => {
  it.each([
    ['n', { n: 2 }],
    ['stop', { stop: ['a'] }],
    ['modalities', { modalities: ['text', 'audio'] }],
    ['audio', { audio: { voice: 'a' } }],
    ['web_search_options', { web_search_options: {} }],
    ['functions', { functions: [{ name: 'f' }] }],
    ['messages.0.content.0', { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }] }],
  ])('is refused by its name: %s', (param, members) => {
    const refused = (() => {
      try {
        return chatOverResponses.toRequest(callOf(members));
      } catch (error) {
        return error;
      }
    })();
    expect(refused).toBeInstanceOf(UnsupportedMemberError);
    expect(refused).toMatchObject({ param, status: 422 });
  });

  it.each([
    ['messages.0', { messages: ['x'] }],
    ['messages.0.content', { messages: [{ role: 'user', content: 7 }] }],
    ['messages.0.content.0.type', { messages: [{ role: 'user', content: [{ type: 'video' }] }] }],
    ['messages.0.tool_calls.0', { messages: [{ role: 'assistant', tool_calls: [{ id: 'a', type: 'function' }] }] }],
    ['tools.0', { tools: ['x'] }],
    ['tools.0.function', { tools: [{ type: 'function' }] }],
    ['response_format.json_schema', { response_format: { type: 'json_schema' } }],
  ])('is a wrong request in any API: %s', (param, members) => {
    expect(() => chatOverResponses.toRequest(callOf(members))).toThrow(
      expect.objectContaining({ name: 'InvalidRequestError', param }),
    );
  });
});

describe('a body with status 200', () => {
  const read = (body: unknown) => chatOverResponses.fromReply(Buffer.from(JSON.stringify(body)), callOf({}));

  it('is an error with its usage, unreadable, or a response', () => {
    const failed = { status: 'failed', output: [], error: { code: 'server_error', message: 'no' } };
    expect(read({ ...failed, usage: { input_tokens: 3, output_tokens: 1 } })).toMatchObject({
      kind: 'error',
      usage: { inputTokens: 3, outputTokens: 1 },
    });
    expect(read({ error: { message: 'no' } }).kind).toBe('error');
    expect(read({ message: 'no' }).kind).toBe('error');
    expect(read('text').kind).toBe('unreadable');
    expect(read({ usage: { input_tokens: 3, output_tokens: 1 } })).toMatchObject({ usage: { inputTokens: 3 } });
  });
});

describe('the models of OpenAI', () => {
  const openai = compatible('openai', OPENAI_VENDORS.openai);
  const chat = openai.translators[CHAT_COMPLETIONS];

  it.each([
    ['gpt-5-codex', true],
    ['gpt-5.1-codex-max', true],
    ['gpt-5-pro-2025-10-06', true],
    ['gpt-5.5-pro', true],
    ['o1-pro', true],
    ['o3-pro-2025-06-10', true],
    ['computer-use-preview', true],
    ['gpt-daybreak-red-latest', true],
    ['gpt-5.2', false],
    ['gpt-6.2-sol', false],
    ['gpt-4.1', false],
    ['o3', false],
  ])('%s has Responses alone: %s', (upstreamModel, isOver) => {
    const url = chat?.toRequest(callOf({}, { upstreamModel })).url;
    expect(url).toBe(`https://api.openai.test/v1/${isOver ? 'responses' : 'chat/completions'}`);
    expect(chat?.keepsTurns?.(upstreamModel)).toBe(isOver);
  });

  it('keep their rules: sampling is dropped, the key of the prompt cache is set', () => {
    const request = chat?.toRequest(callOf({ temperature: 0.2, seed: 1 }, { promptCacheKey: 'k' }));
    expect(request?.dropped).toEqual(['temperature', 'seed']);
    expect(JSON.parse(String(request?.body))).toMatchObject({ prompt_cache_key: 'k', store: false });
  });

  it('answer at /v1/messages too, with thinking that goes back', () => {
    const bridge = translatorFor(messages, openai);
    const call = callOf(
      { max_tokens: 50 },
      { body: { model: 'm', max_tokens: 50, messages: [{ role: 'user', content: 'q' }] } },
    );
    expect(JSON.parse(String(bridge?.toRequest(call).body))).toMatchObject({ max_output_tokens: 50 });
    const read = bridge?.fromReply(fixture('reasoning-tools'), call);
    const { content } = JSON.parse(String(read?.kind === 'response' && read.reply.body));
    expect(content.map(({ type }: { type: string }) => type)).toEqual(['thinking', 'text', 'tool_use', 'tool_use']);
    const again = {
      ...call,
      body: {
        ...call.body,
        messages: [
          { role: 'user', content: 'q' },
          { role: 'assistant', content },
        ],
      },
    };
    expect(JSON.parse(String(bridge?.toRequest(again).body)).input[1]).toMatchObject({
      encrypted_content: 'gAAAAABenc1==',
    });
  });
});
