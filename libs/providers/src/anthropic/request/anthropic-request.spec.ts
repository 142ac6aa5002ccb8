import { chatCompletions } from '../../endpoints/chat-completions/chat-completions.endpoint';
import { InvalidRequestError } from '../../endpoint';
import { parseExact } from '../../exact-json';
import { isRecord, type JsonRecord } from '../../json-record';
import { LongText } from '../../passed-values';
import { translatorFor } from '../../provider';
import { type UpstreamCall, UnsupportedMemberError } from '../../translator';
import { anthropic } from '../anthropic';
import { toMessagesRequest } from './anthropic-request';

const GO = { role: 'user', content: 'Go.' };
const CALL = { id: 'c1', type: 'function', function: { name: 'find', arguments: '{}' } };
const RESULT = { role: 'tool', tool_call_id: 'c1', content: 'found' };
const TOOL = { type: 'function', function: { name: 'find' } };

function request(body: JsonRecord, call: Partial<UpstreamCall> = {}) {
  const model = 'claude-sonnet-4-6';
  return toMessagesRequest({
    body: { model, messages: [GO], ...body },
    upstreamModel: model,
    stream: false,
    requestId: 'r1',
    baseUrl: 'https://api.anthropic.com',
    ...call,
  });
}

function bodyOf(body: JsonRecord, call?: Partial<UpstreamCall>): JsonRecord {
  return JSON.parse(String(request(body, call).body)) as JsonRecord;
}

/** The error's kind and the member that it names. */
function refusal(body: JsonRecord, call?: Partial<UpstreamCall>): [number, string | null] {
  try {
    request(body, call);
  } catch (error) {
    if (error instanceof UnsupportedMemberError) return [422, error.param];
    if (error instanceof InvalidRequestError) return [400, error.param];
    throw error;
  }
  throw new Error('It was not refused.');
}

describe('a request that Anthropic cannot answer as asked', () => {
  it.each<[string, JsonRecord]>([
    ['n', { n: 2 }],
    ['logprobs', { logprobs: true }],
    ['top_logprobs', { top_logprobs: 5 }],
    ['modalities', { modalities: ['text', 'audio'] }],
    ['audio', { audio: { voice: 'a', format: 'wav' } }],
    ['web_search_options', { web_search_options: {} }],
    ['functions', { functions: [{ name: 'f' }] }],
    ['function_call', { function_call: 'auto' }],
    ['tools.0.type', { tools: [{ type: 'custom', custom: { name: 'f' } }] }],
    ['tools.0.type', { tools: [{ type: 'web_search' }] }],
    ['tool_choice.type', { tools: [TOOL], tool_choice: { type: 'custom' } }],
    ['messages.0.content.0', { messages: [{ role: 'user', content: [{ type: 'input_audio', input_audio: {} }] }] }],
    ['messages.0.content.0.type', { messages: [{ role: 'user', content: [{ type: 'video_url' }] }] }],
    [
      'messages.0.content.0.file.file_id',
      { messages: [{ role: 'user', content: [{ type: 'file', file: { file_id: 'file-1' } }] }] },
    ],
    [
      'messages.0.content.0.image_url.url',
      {
        messages: [
          { role: 'user', content: [{ type: 'image_url', image_url: { url: 'data:image/tiff;base64,AAAA' } }] },
        ],
      },
    ],
    ['messages.1', { messages: [GO, { role: 'assistant', content: 'It is' }] }],
    ['messages.1.function_call', { messages: [GO, { role: 'assistant', function_call: { name: 'f' } }] }],
    [
      'response_format.json_schema.schema.properties.age.minimum',
      {
        response_format: {
          type: 'json_schema',
          json_schema: { strict: true, schema: { type: 'object', properties: { age: { minimum: 1 } } } },
        },
      },
    ],
  ])('is refused with 422 and the member %s', (param, body) => expect(refusal(body)).toEqual([422, param]));

  it.each(['claude-opus-5-5', 'claude-sonnet-5-5', 'claude-fable-5-2', 'claude-of-tomorrow-7'])(
    'has no forced tool on %s',
    (upstreamModel) => {
      expect(refusal({ tools: [TOOL], tool_choice: 'required' }, { upstreamModel })).toEqual([422, 'tool_choice']);
    },
  );
});

describe('a request that is wrong', () => {
  const image = (url: string) => [{ role: 'user', content: [{ type: 'image_url', image_url: { url } }] }];
  it.each<[string, JsonRecord]>([
    ['reasoning_effort', { reasoning_effort: 'extreme' }],
    ['tool_choice', { tool_choice: 'required' }],
    [
      'tool_choice.allowed_tools',
      { tools: [TOOL], tool_choice: { type: 'allowed_tools', allowed_tools: { tools: [] } } },
    ],
    ['tools', { tools: {} }],
    ['tools.0.function.name', { tools: [{ type: 'function', function: {} }] }],
    ['response_format.type', { response_format: { type: 'xml' } }],
    ['response_format.json_schema.schema', { response_format: { type: 'json_schema', json_schema: {} } }],
    ['messages', { messages: [{ role: 'system', content: 'Be brief.' }] }],
    ['messages', { messages: [{ role: 'user', content: '' }] }],
    ['messages.2.content', { messages: [GO, { role: 'assistant', content: 'Hm.' }, { role: 'user', content: ' ' }] }],
    ['messages.0.content', { messages: [{ role: 'user', content: 7 }] }],
    ['messages.0.content.0', { messages: [{ role: 'user', content: ['text'] }] }],
    ['messages.0.content.0.text', { messages: [{ role: 'user', content: [{ type: 'text' }] }] }],
    ['messages.0.role', { messages: [{ role: 'robot', content: 'x' }] }],
    ['messages.0.content.0.image_url.url', { messages: image('ftp://example.com/a.png') }],
    ['messages.0.content.0.image_url.url', { messages: image('data:image/png,abc') }],
    ['messages.1', { messages: [GO, RESULT] }],
    ['messages.1.tool_calls', { messages: [GO, { role: 'assistant', tool_calls: [CALL] }] }],
    [
      'messages.2.tool_call_id',
      { messages: [GO, { role: 'assistant', tool_calls: [CALL] }, { ...RESULT, tool_call_id: 'other' }] },
    ],
    [
      'messages.1.tool_calls.0.function.arguments',
      {
        messages: [
          GO,
          { role: 'assistant', tool_calls: [{ ...CALL, function: { name: 'find', arguments: '{"a":' } }] },
          RESULT,
        ],
      },
    ],
  ])('is refused with 400 and the member %s', (param, body) => expect(refusal(body)).toEqual([400, param]));
});

describe('the limit of output tokens', () => {
  it.each<[JsonRecord, Partial<UpstreamCall>, number, boolean]>([
    [{ max_completion_tokens: 7, max_tokens: 9 }, { defaultMaxTokens: 5 }, 7, false],
    [{ max_tokens: 9 }, { defaultMaxTokens: 5 }, 9, false],
    [{}, { defaultMaxTokens: 5, maxOutputTokens: 128_000 }, 5, false],
    [{}, { maxOutputTokens: 128_000 }, 32_000, true],
    [{ max_tokens: null }, { maxOutputTokens: 4_096 }, 4_096, false],
    [{}, {}, 8_192, false],
    [{ max_tokens: 16_384 }, {}, 16_384, false],
    [{ max_tokens: 16_385 }, {}, 16_385, true],
  ])('of %j at %j is %d; a stream for the gateway alone: %s', (body, call, limit, stream) => {
    const { max_tokens: sent, stream: asked = false } = bodyOf(body, call);
    expect([sent, asked]).toEqual([limit, stream]);
  });
});

describe('the request', () => {
  it('has the credential and the version as headers of Anthropic', () => {
    const plain = request({});
    expect(plain.headers).toMatchObject({ 'anthropic-version': '2023-06-01', accept: 'application/json' });
    expect(plain.headers).not.toHaveProperty('x-api-key');
    expect(anthropic.authorise(plain, 'sk-ant-1').headers).toMatchObject({ 'x-api-key': 'sk-ant-1' });
    expect(anthropic.authorise(plain, undefined)).toBe(plain);
    expect(translatorFor(chatCompletions, anthropic)).toBeDefined();
  });

  it.each([
    'https://api.anthropic.com',
    'https://api.anthropic.com/',
    'https://api.anthropic.com/v1',
    'https://api.anthropic.com/v1/',
  ])('goes to one URL for the base URL %s', (baseUrl) =>
    expect(request({}, { baseUrl }).url).toBe('https://api.anthropic.com/v1/messages'),
  );

  it('does not think where a tool is forced on a model that cannot do both', () => {
    const both = { reasoning_effort: 'high', max_tokens: 9_000, tools: [TOOL], tool_choice: 'required' };
    const at = { upstreamModel: 'claude-haiku-4-5' };
    expect(bodyOf(both, at)).not.toHaveProperty('thinking');
    expect(request(both, at).dropped).toEqual(['reasoning_effort']);
    expect(bodyOf({ ...both, tool_choice: 'auto' }, at)).toHaveProperty('thinking');
  });

  it('never names a user as such', () => {
    for (const name of ['user', 'safety_identifier']) {
      const { metadata } = bodyOf({ [name]: 'kim@example.com' });
      expect(metadata).toEqual({ user_id: expect.stringMatching(/^[0-9a-f]{64}$/) });
    }
  });

  it('does not report values that ask for nothing', () => {
    const quiet = { n: 1, logprobs: false, frequency_penalty: 0, logit_bias: {}, seed: null, temperature: 1, top_p: 1 };
    expect(request(quiet, { upstreamModel: 'claude-opus-5-5' }).dropped).toEqual([]);
  });

  it('has all digits and the order of members of arguments', () => {
    const text = '{"b":1,"10":12345678901234567890,"2":1e400}';
    const calls = [{ ...CALL, function: { name: 'find', arguments: text } }];
    const { body } = request({ messages: [GO, { role: 'assistant', tool_calls: calls }, RESULT] });
    expect(String(body)).toContain(`"input":${text}`);
  });

  it('has long texts and images without a copy of them', () => {
    const long = (text: string) => new LongText(Buffer.from(text), true);
    const url = long(`data:image/png;base64,${'A'.repeat(1_000)}`);
    const parts = [
      { type: 'image_url', image_url: { url } },
      { type: 'text', text: long('word '.repeat(1_000)) },
    ];
    const { body } = request({ messages: [{ role: 'user', content: parts }] });
    const parsed = parseExact(String(body));
    expect(isRecord(parsed) && parsed.messages).toEqual([
      {
        role: 'user',
        content: [
          { type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'A'.repeat(1_000) } },
          { type: 'text', text: 'word '.repeat(1_000) },
        ],
      },
    ]);
    expect(typeof body).toBe('object');
  });

  it('leaves out the reasoning of another vendor', () => {
    const thinking = { type: 'thinking', thinking: [{ type: 'text', text: 'Hm.' }] };
    const said = { role: 'assistant', reasoning_content: 'Hm.', content: [thinking, { type: 'text', text: 'Yes.' }] };
    expect(bodyOf({ messages: [GO, said, GO] }).messages).toMatchObject([
      { role: 'user' },
      { role: 'assistant', content: [{ type: 'text', text: 'Yes.' }] },
      { role: 'user' },
    ]);
  });

  it('gives equal names to equal tools, and different names to different ones', () => {
    const names = ['a.b', 'a_b', 'a/b', 'x'.repeat(200), '검색'];
    const { tools } = bodyOf({ tools: names.map((name) => ({ type: 'function', function: { name } })) });
    const sent = (tools as { name: string }[]).map(({ name }) => name);
    expect(new Set(sent).size).toBe(names.length);
    expect(sent.every((name) => /^[a-zA-Z0-9_-]{1,128}$/.test(name))).toBe(true);
    expect(sent[1]).toBe('a_b');
  });
});
