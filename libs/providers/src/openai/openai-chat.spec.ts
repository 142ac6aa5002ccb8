import { join } from 'node:path';
import type { StreamChunk, StreamDecoder } from '../translator';
import { describeTranslator } from '../testing/describe-translator';
import { readUsage } from '../usage/read-usage';
import { openAi, openAiChat } from './openai';

describeTranslator('openai chat completions', openAiChat, join(__dirname, '__fixtures__'));

const ROLE = '{"id":"c1","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}';

function content(text: string, rest = ''): string {
  return `{"id":"c1","model":"m","choices":[{"index":0,"delta":{"content":${JSON.stringify(text)}},"finish_reason":null}]${rest}}`;
}

function pushAll(decoder: StreamDecoder, ...data: string[]): StreamChunk[] {
  return data.flatMap((text) => decoder.push({ event: undefined, data: text }));
}

function toolCall(text: string): string {
  return `{"choices":[{"delta":{"tool_calls":[${text}]}}]}`;
}

function kinds(...data: string[]): string[] {
  return pushAll(openAiChat.openStream(), ...data).map(({ kind }) => kind);
}

describe('request', () => {
  const call = {
    body: { model: 'alias', messages: [], stream_options: 'nonsense' },
    upstreamModel: 'real',
    stream: true,
    requestId: 'r1',
    baseUrl: 'http://llm.example/v1',
  };

  it('carries a credential only where there is one', () => {
    const request = openAiChat.toRequest(call);
    expect(openAi.authorise(request, undefined).headers).not.toHaveProperty('authorization');
    expect(openAi.authorise(request, 'sk-1').headers.authorization).toBe('Bearer sk-1');
    expect(request.headers).not.toHaveProperty('authorization');
  });

  it.each([
    ['http://llm.example/v1', 'http://llm.example/v1/chat/completions'],
    ['http://llm.example/v1/', 'http://llm.example/v1/chat/completions'],
    [
      'http://llm.example/openai/v1?api-version=preview',
      'http://llm.example/openai/v1/chat/completions?api-version=preview',
    ],
    ['http://llm.example/v1/?a=b?c&d', 'http://llm.example/v1/chat/completions?a=b?c&d'],
  ])('R20: goes to the path under the base URL %s', (baseUrl, url) => {
    expect(openAiChat.toRequest({ ...call, baseUrl }).url).toBe(url);
  });

  it('requests usage also where the stream options are no object', () => {
    expect(JSON.parse(String(openAiChat.toRequest(call).body)).stream_options).toEqual({ include_usage: true });
  });
});

describe('reply', () => {
  it('keeps the bytes, including blank lines before them', () => {
    const body = Buffer.from(
      '\n\r\n\n{"model":"m","choices":[{"finish_reason":"stop","message":{"function_call":{}}}]}',
    );
    const read = openAiChat.fromReply(body);
    expect(read.kind === 'response' && read.reply.body).toBe(body);
    expect(read).toMatchObject({
      reply: { facts: { upstreamModel: 'm', finishReasons: ['stop'], hasToolCalls: true } },
    });
  });

  it.each([
    ['', 'unreadable'],
    ['<html>', 'unreadable'],
    ['[]', 'unreadable'],
    ['null', 'unreadable'],
    ['{"choices":[{]}', 'unreadable'],
    ['{"id":"x"}', 'unreadable'],
    ['{"error":{"message":"no"}}', 'error'],
    ['{"error":"no","choices":[]}', 'error'],
    ['{"object":"error","message":"no","code":400}', 'error'],
    ['{"detail":"no"}', 'error'],
    ['{"error":null,"choices":[]}', 'response'],
    ['{"choices":[{"error":{"code":502},"message":{"content":"half"}}]}', 'response'],
  ])('R03: %j with status 200 is %s', (text, kind) => {
    expect(openAiChat.fromReply(Buffer.from(text)).kind).toBe(kind);
  });

  it('reads the usage of a body that is no response', () => {
    const body = Buffer.from('{"id":"x","usage":{"prompt_tokens":3,"completion_tokens":4}}');
    expect(openAiChat.fromReply(body)).toMatchObject({ usage: { inputTokens: 3, outputTokens: 4 } });
  });
});

describe('usage', () => {
  it.each([
    undefined,
    null,
    'many',
    {},
    { prompt_tokens: 1 },
    { prompt_tokens: 1.5, completion_tokens: 1 },
    { prompt_tokens: -1, completion_tokens: 1 },
    { prompt_tokens: '1', completion_tokens: 1 },
    { prompt_tokens: 1, completion_tokens: 2 ** 53 },
    { prompt_tokens: 1, completion_tokens: 1, prompt_tokens_details: { cached_tokens: -1 } },
    { prompt_tokens: 1, completion_tokens: 1, prompt_cache_hit_tokens: 2 },
  ])('is unknown for %j', (usage) => expect(readUsage(usage)).toBeUndefined());

  it('reads missing details as 0', () => {
    const usage = { prompt_tokens: 3, completion_tokens: 0, prompt_tokens_details: null };
    expect(readUsage(usage)).toEqual({ inputTokens: 3, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 });
  });

  it('counts reasoning that only the total includes', () => {
    const completion_tokens_details = { reasoning_tokens: 50 };
    const usage = { prompt_tokens: 10, completion_tokens: 5, total_tokens: 65, completion_tokens_details };
    expect(readUsage(usage)).toMatchObject({ outputTokens: 55, reasoningTokens: 50 });
    expect(readUsage({ ...usage, completion_tokens: 55 })).toMatchObject({ outputTokens: 55 });
  });
});

describe('stream', () => {
  it('parses an event once, only where more than its text differs, and passes its data unchanged', () => {
    const decoder = openAiChat.openStream();
    const events = [
      ROLE,
      content('a', ',"usage":null'),
      content('b', ', "usage" : null'),
      content('usage'),
      content('"error":1'),
      content('plain'),
      content('only its text is new'),
      content('한국어도'),
      content('a "quoted" one'),
    ];
    const parse = jest.spyOn(JSON, 'parse');
    try {
      const chunks = pushAll(decoder, ...events);
      expect(chunks.map(({ kind }) => kind)).toEqual(['lifecycle', ...Array<string>(8).fill('content')]);
      expect(chunks.map(({ data }) => data)).toEqual(events);
      const { body } = decoder.assemble();
      expect(parse).toHaveBeenCalledTimes(events.length - 2);
      expect(body.toString()).toContain('abusage\\"error\\":1plainonly its text is new한국어도a \\"quoted\\" one');
    } finally {
      parse.mockRestore();
    }
  });

  it('finds usage and errors also after a marker inside a text', () => {
    const usage = ',"usage":{"prompt_tokens":1,"completion_tokens":1}';
    expect(kinds(content('x'), `{"choices":[],"note":"usage"${usage}}`)).toEqual(['content', 'usage']);
    expect(kinds(content('x'), content('usage', usage))).toEqual(['content', 'content', 'usage']);
    expect(kinds(content('x'), '{"note":{"error":1},"choices":[{}]}')).toEqual(['content', 'content']);
    expect(kinds(content('x'), '{"error":null,"choices":[{}]}')).toEqual(['content', 'content']);
    expect(kinds(content('x'), '{"choices":[],"error":{"code":502}}')).toEqual(['content', 'error']);
  });

  it('treats data that is not a JSON object, and an event named error, as an error', () => {
    expect(kinds(ROLE, 'ping')).toEqual(['lifecycle', 'error']);
    expect(kinds(content('x'), '{"choices":[{"delta":{"conte')).toEqual(['content', 'error']);
    const [chunk] = openAiChat.openStream().push({ event: 'error', data: '{"message":"broke"}' });
    expect(chunk).toEqual({ kind: 'error', data: '{"error":{"message":"broke"}}' });
  });

  it('ends at [DONE] and ignores later events', () => {
    const decoder = openAiChat.openStream();
    expect(pushAll(decoder, content('x')).length).toBe(1);
    expect(decoder.ended).toBe(false);
    expect(pushAll(decoder, '', '[DONE]', content('y'))).toEqual([{ kind: 'done', data: '[DONE]' }]);
    expect(decoder.ended).toBe(true);
    expect(decoder.assemble().body.toString()).not.toContain('y');
  });

  it('sets no finish reason in a response with a damaged chunk', () => {
    const decoder = openAiChat.openStream();
    const finish = '{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}';
    pushAll(decoder, content('x'), '{"choices":[{"delta":{"content":"}]}', finish, '[DONE]');
    expect(decoder.assemble().facts.finishReasons).toEqual([null]);
  });

  it('does not replace a member by an empty one', () => {
    const decoder = openAiChat.openStream();
    pushAll(decoder, '{"model":"","choices":[]}', content('x'), '{"model":"","system_fingerprint":null,"choices":[]}');
    expect(JSON.parse(decoder.assemble().body.toString())).toMatchObject({ model: 'm', system_fingerprint: null });
  });

  it('separates tool calls without an index by their id', () => {
    const decoder = openAiChat.openStream();
    pushAll(
      decoder,
      toolCall('{"id":"a","function":{"name":"f","arguments":"{"}}'),
      toolCall('{"function":{"arguments":"}"}}'),
    );
    pushAll(decoder, toolCall('{"id":"b","function":{"name":"g","arguments":"1"}}'));
    expect(JSON.parse(decoder.assemble().body.toString()).choices[0].message.tool_calls).toEqual([
      { id: 'a', function: { name: 'f', arguments: '{}' } },
      { id: 'b', function: { name: 'g', arguments: '1' } },
    ]);
  });

  const assembled = (...data: string[]) => {
    const decoder = openAiChat.openStream();
    pushAll(decoder, ...data);
    return JSON.parse(decoder.assemble().body.toString()).choices[0].message;
  };

  it.each([
    [
      'at a known index begins a new call',
      ['{"index":0,"id":"call_a","function":{"name":"f","arguments":"{\\"city\\":\\"Seoul\\"}"}}'],
      ['{"index":0,"id":"call_b","function":{"name":"g","arguments":"{\\"tz\\":\\"UTC\\"}"}}'],
    ],
    [
      'that comes in pieces continues it',
      [
        '{"index":0,"id":"call_a","function":{"name":"f","arguments":"{\\"city\\":"}}',
        '{"index":0,"id":"call_a","function":{"arguments":"\\"Seoul\\"}"}}',
      ],
      [
        '{"index":0,"id":"call_b","function":{"name":"g"}}',
        '{"index":0,"function":{"arguments":"{\\"tz\\":\\"UTC\\"}"}}',
      ],
    ],
    [
      'beside another index begins a call of its own',
      ['{"index":1,"id":"call_b","function":{"name":"g","arguments":"{\\"tz\\":\\"UTC\\"}"}}'],
      ['{"index":0,"id":"call_a","function":{"name":"f","arguments":"{\\"city\\":\\"Seoul\\"}"}}'],
    ],
  ])('R14: an id of a tool call %s', (_, first, second) => {
    expect(assembled(...[...first, ...second].map(toolCall)).tool_calls).toEqual([
      { id: 'call_a', function: { name: 'f', arguments: '{"city":"Seoul"}' } },
      { id: 'call_b', function: { name: 'g', arguments: '{"tz":"UTC"}' } },
    ]);
  });

  it.each([
    [['get_', 'weather'], 'get_weather'],
    [['get_weather', 'get_weather'], 'get_weather'],
    [['get_weather', ''], 'get_weather'],
  ])('reads the name of a tool in the pieces %j', (pieces, name) => {
    const calls = pieces.map((piece) => toolCall(`{"index":0,"id":"a","function":{"name":"${piece}"}}`));
    expect(assembled(...calls).tool_calls).toEqual([{ id: 'a', function: { name } }]);
  });

  const part = '[{"type":"reference","reference_ids":[1]}]';
  const delta = (value: string) => `{"choices":[{"index":0,"delta":{"content":${value}}}]}`;

  it.each([
    [
      ['"forty"', part, '" two"'],
      [{ type: 'text', text: 'forty' }, ...JSON.parse(part), { type: 'text', text: ' two' }],
    ],
    [['""', part], JSON.parse(part)],
    [
      [part, '"a"', '"b"', '""'],
      [...JSON.parse(part), { type: 'text', text: 'ab' }],
    ],
    [['"a"', '"b"', '"c"'], 'abc'],
    [
      ['"a"', '"b"', '[{"type":"text","text":"c"}]', '"d"'],
      [
        { type: 'text', text: 'ab' },
        { type: 'text', text: 'cd' },
      ],
    ],
  ])('R15: keeps texts and lists of parts: %j', (contents, expected) => {
    expect(assembled(...contents.map(delta)).content).toEqual(expected);
  });

  it('is finished once every choice has a finish reason', () => {
    const decoder = openAiChat.openStream();
    const finish = (index: number) => `{"choices":[{"index":${index},"delta":{"content":"x"},"finish_reason":"stop"}]}`;
    expect(decoder.finished).toBe(false);
    pushAll(decoder, finish(0));
    expect(decoder.finished).toBe(true);
    pushAll(decoder, '{"choices":[{"index":1,"delta":{"content":"x"}}]}');
    expect(decoder.finished).toBe(false);
    pushAll(decoder, finish(1));
    expect(decoder.finished).toBe(true);
  });

  it('does not change the prototype of all objects', () => {
    const decoder = openAiChat.openStream();
    const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"content":"x"}';
    pushAll(decoder, `{"choices":[{"delta":${evil},"logprobs":${evil}}]}`, `{"choices":[{"delta":${evil}}]}`);
    decoder.assemble();
    expect({}).not.toHaveProperty('polluted');
  });
});
