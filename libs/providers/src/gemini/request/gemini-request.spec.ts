import { InvalidRequestError } from '../../endpoint';
import type { JsonRecord } from '../../json-record';
import { LongText } from '../../passed-values';
import { UnsupportedMemberError, type UpstreamCall } from '../../translator';
import { toGeminiRequest } from './gemini-request';

const HI = { role: 'user', content: 'Hi' };
const call = (body: JsonRecord, upstreamModel = 'gemini-3.5-flash'): UpstreamCall => ({
  body: { model: 'alias', messages: [HI], ...body },
  upstreamModel,
  stream: false,
  requestId: 'r1',
  baseUrl: 'https://gemini.example',
});
const request = (body: JsonRecord, model?: string) => {
  const { body: sent, dropped } = toGeminiRequest(call(body, model));
  return { ...(JSON.parse(String(sent)) as JsonRecord), dropped };
};
const errorOf = (body: JsonRecord, model?: string): unknown => {
  try {
    return toGeminiRequest(call(body, model));
  } catch (error) {
    return error;
  }
};
const part = (content: unknown) => ({ messages: [{ role: 'user', content: [content] }] });
const image = (url: string) => part({ type: 'image_url', image_url: { url } });
const called = (args: unknown) => ({
  role: 'assistant',
  tool_calls: [{ id: 'c1', type: 'function', function: { name: 'f', arguments: args } }],
});
const tool = { type: 'function', function: { name: 'f' } };
const schema = { type: 'json_schema', json_schema: { name: 's', schema: { type: 'object' } } };

describe('a request to Gemini is refused with the member that the vendor lacks', () => {
  it.each<[string, JsonRecord, string?]>([
    ['n', { n: 2 }],
    ['logprobs', { logprobs: true }],
    ['logprobs', { top_logprobs: 2 }],
    ['modalities', { modalities: ['text', 'audio'] }],
    ['audio', { audio: { voice: 'alloy' } }],
    ['web_search_options', { web_search_options: {} }],
    ['functions', { functions: [{ name: 'f' }] }],
    ['tools[1].type', { tools: [tool, { type: 'custom', custom: { name: 'c' } }] }],
    ['tool_choice.type', { tools: [tool], tool_choice: { type: 'custom', custom: { name: 'c' } } }],
    ['response_format', { tools: [tool], response_format: schema }, 'gemini-2.5-flash'],
    ['messages[0].content[0].file.file_id', part({ type: 'file', file: { file_id: 'file-1' } })],
    ['messages[0].content[0].type', part({ type: 'input_video', input_video: {} })],
    ['messages[0].content[0].image_url.url', image('http://images.example/a.png')],
    ['messages[0].content[0].image_url.url', image('gs://bucket/a.png')],
    ['messages[0].content[0].image_url.url', image('https://images.example/a.png'), 'gemini-2.0-flash'],
    ['messages[1].role', { messages: [HI, { role: 'function', name: 'f', content: '1' }] }],
    // A third argument without a value would be Jest's callback.
  ])('%s', (...[param, body, model]) => {
    const error = errorOf(body, model);
    expect(error).toBeInstanceOf(UnsupportedMemberError);
    expect(error).toMatchObject({ param });
  });

  it('says what to do with a picture that the model does not fetch', () => {
    const error = errorOf(image('https://images.example/a.png'), 'gemini-2.0-flash') as Error;
    expect(error.message).toContain('Send the file inside the request, as data:image/png;base64,');
  });
});

describe('a kind of input that a model lacks', () => {
  const sound = part({ type: 'input_audio', input_audio: { data: 'AAAA', format: 'wav' } });
  const soundFile = part({ type: 'file', file: { filename: 'a.mp3', file_data: 'AAAA' } });
  const soundUrl = image('data:audio/mp3;base64,AAAA');

  it.each([sound, soundFile, soundUrl])('is refused in whichever part it comes: %j', (body) => {
    const error = errorOf(body, 'gemini-2.5-computer-use-preview-10-2025');
    expect(error).toBeInstanceOf(UnsupportedMemberError);
    expect(error).toMatchObject({ param: 'messages[0].content[0]', message: expect.stringContaining('audio input') });
    expect(errorOf(body)).toHaveProperty('body');
  });

  it('leaves the others alone', () =>
    expect(errorOf(image('data:image/png;base64,AAAA'), 'gemini-2.5-computer-use-preview-10-2025')).toHaveProperty(
      'body',
    ));
});

describe('a wrong request is refused with its member', () => {
  it.each<[string, JsonRecord]>([
    ['temperature', { temperature: 'hot' }],
    ['max_tokens', { max_tokens: {} }],
    ['stop', { stop: [1] }],
    ['tools', { tools: {} }],
    ['tools[0].function.name', { tools: [{ type: 'function', function: {} }] }],
    ['tool_choice', { tool_choice: 'required' }],
    ['tool_choice', { tools: [tool], tool_choice: 'sometimes' }],
    ['reasoning_effort', { reasoning_effort: 'immense' }],
    ['reasoning_effort', { reasoning_effort: 'low', extra_body: { google: { thinking_config: {} } } }],
    ['extra_body', { extra_body: { google: { thinking_config: { thinking_level: 'low', thinking_budget: 1 } } } }],
    ['response_format', { response_format: { type: 'json_schema' } }],
    ['messages', { messages: [{ role: 'user', content: '' }] }],
    ['messages[0].role', { messages: [{ role: 'robot', content: 'Hi' }] }],
    ['messages[0].content', { messages: [{ role: 'user', content: 7 }] }],
    ['messages[0].content[0].image_url.url', image('data:image/png,notbase64')],
    ['messages[0].content[0].image_url.url', image('cat.png')],
    ['messages[0].content[0].input_audio.format', part({ type: 'input_audio', input_audio: { data: 'A' } })],
    ['messages[1].tool_calls[0].function.arguments', { messages: [HI, called('{"a":')] }],
    ['messages[1].tool_calls[0].function.arguments', { messages: [HI, called('[1]')] }],
    ['messages[1].tool_calls[0]', { messages: [HI, called('{}'), HI] }],
    ['messages[1]', { messages: [HI, { role: 'tool', tool_call_id: 'c0', content: '1' }] }],
    [
      'messages[3]',
      {
        messages: [
          HI,
          called('{}'),
          { role: 'tool', tool_call_id: 'c1', content: '1' },
          { role: 'tool', tool_call_id: 'c0', content: '2' },
        ],
      },
    ],
  ])('%s', (param, body) => {
    const error = errorOf(body);
    expect(error).toBeInstanceOf(InvalidRequestError);
    expect(error).toMatchObject({ param });
  });
});

describe('a request to Gemini', () => {
  it('names every member that is dropped, and none of the gateway', () => {
    const { dropped } = request({ user: 'u', logprobs: false, x_unknown: 1, metadata: {}, store: false, seed: null });
    expect(dropped).toEqual(['user', 'x_unknown']);
  });

  it.each(['https://g.example', 'https://g.example/', 'https://g.example/v1beta', 'https://g.example/v1beta/'])(
    'goes to the model under %s',
    (baseUrl) => {
      const { url } = toGeminiRequest({ ...call({}), baseUrl });
      expect(url).toBe('https://g.example/v1beta/models/gemini-3.5-flash:generateContent');
    },
  );

  it('drops different details of pictures, and keeps an equal one', () => {
    const pictures = (...details: string[]) =>
      details.map((detail) => ({ type: 'image_url', image_url: { url: 'data:image/png;base64,AA==', detail } }));
    const asked = (...details: string[]) => request({ messages: [{ role: 'user', content: pictures(...details) }] });
    expect(asked('high', 'high')).toMatchObject({ generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_HIGH' } });
    expect(asked('low', 'high')).toMatchObject({ dropped: ['detail'] });
    expect(asked('auto')).toEqual({ contents: expect.anything(), dropped: [] });
  });

  it('sends the bytes of long texts and pictures without a copy of them as a text', () => {
    const long = (text: string) => new LongText(Buffer.from(text), !text.includes('\\'));
    const url = long(`data:image/jpeg;base64,${'QUJD'.repeat(9)}`);
    const escaped = long('data:image\\/png;base64,QUJD');
    const content = [
      { type: 'text', text: long('긴 글 \\n끝') },
      { type: 'image_url', image_url: { url } },
      { type: 'image_url', image_url: { url: escaped } },
    ];
    expect(request({ messages: [{ role: 'user', content }] })).toMatchObject({
      contents: [
        {
          parts: [
            { text: '긴 글 \n끝' },
            { inlineData: { mimeType: 'image/jpeg', data: 'QUJD'.repeat(9) } },
            { inlineData: { mimeType: 'image/png', data: 'QUJD' } },
          ],
        },
      ],
    });
  });

  it('keeps all digits of numbers in arguments, and the order of members', () => {
    const messages = [
      HI,
      called('{"2":1,"1":12345678901234567890,"x":1e400}'),
      { role: 'tool', tool_call_id: 'c1', content: '' },
    ];
    const { body } = toGeminiRequest(call({ messages }));
    expect(String(body)).toContain('"args":{"2":1,"1":12345678901234567890,"x":1e400}');
  });

  it('sends a conversation of system messages only as the text of a user', () => {
    expect(request({ messages: [{ role: 'system', content: 'Say hi.' }] })).toEqual({
      contents: [{ role: 'user', parts: [{ text: 'Say hi.' }] }],
      dropped: ['messages[0].role'],
    });
  });

  it.each([
    ['gemini-3.5-flash', 'minimal', { thinkingLevel: 'MINIMAL' }, []],
    ['gemini-3.8-flash', 'minimal', { thinkingLevel: 'LOW' }, ['reasoning_effort']],
    ['gemini-4-argon', 'xhigh', { thinkingLevel: 'HIGH' }, ['reasoning_effort']],
    ['gemini-4-argon', 'max', { thinkingLevel: 'HIGH' }, []],
    ['gemini-4-hydrogen', 'max', { thinkingLevel: 'XHIGH' }, []],
    ['gemini-3-pro-preview', 'medium', { thinkingLevel: 'HIGH' }, ['reasoning_effort']],
    ['gemini-2.5-flash', 'none', { thinkingBudget: 0 }, []],
    ['gemini-2.5-flash-lite', 'high', { thinkingBudget: 24_576 }, []],
    ['gemini-2.5-pro', 'max', { thinkingBudget: 32_768 }, []],
    ['gemini-2.0-flash', 'high', undefined, ['reasoning_effort']],
    ['gemini-2.0-flash', 'none', undefined, []],
    ['gemma-4-31b-it', 'low', { thinkingLevel: 'MINIMAL' }, ['reasoning_effort']],
    ['gemini-9-new', 'high', { thinkingLevel: 'HIGH' }, []],
  ])('%s thinks at effort %s by %j', (model, effort, expected, dropped) => {
    const sent = request({ reasoning_effort: effort }, model) as { generationConfig?: JsonRecord; dropped: string[] };
    const config = sent.generationConfig?.thinkingConfig;
    expect(config).toEqual(expected && { includeThoughts: effort !== 'none', ...expected });
    expect(sent.dropped).toEqual(dropped);
  });
});
