import { join } from 'node:path';
import type { ProviderError, StreamChunk, StreamDecoder } from '../translator';
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

function read(status: number, body: unknown, headers = {}): ProviderError {
  return openAiChat.toError({ status, headers, body: typeof body === 'string' ? body : JSON.stringify(body) });
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

  it('requests usage also where the stream options are no object', () => {
    expect(JSON.parse(openAiChat.toRequest(call).body).stream_options).toEqual({ include_usage: true });
  });
});

describe('reply', () => {
  it('keeps the bytes, including blank lines before them', () => {
    const body = Buffer.from(
      '\n\r\n\n{"model":"m","choices":[{"finish_reason":"stop","message":{"function_call":{}}}]}',
    );
    const reply = openAiChat.fromReply(body);
    expect(reply.body).toBe(body);
    expect(reply.facts).toMatchObject({ upstreamModel: 'm', finishReasons: ['stop'], hasToolCalls: true });
  });

  it.each(['', '<html>', '[]', 'null', '{"error":{"message":"no"}}', '{"choices":[{]}'])('does not take %j', (text) => {
    expect(() => openAiChat.fromReply(Buffer.from(text))).toThrow(SyntaxError);
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

  it('does not change the prototype of all objects', () => {
    const decoder = openAiChat.openStream();
    const evil = '{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}},"content":"x"}';
    pushAll(decoder, `{"choices":[{"delta":${evil},"logprobs":${evil}}]}`, `{"choices":[{"delta":${evil}}]}`);
    decoder.assemble();
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('error', () => {
  it.each([
    [0, 502, 'upstream_error', true],
    [302, 502, 'upstream_error', false],
    [400, 400, 'invalid_request_error', false],
    [401, 502, 'upstream_error', false],
    [402, 502, 'upstream_error', false],
    [403, 502, 'upstream_error', false],
    [404, 404, 'invalid_request_error', false],
    [408, 504, 'upstream_timeout', true],
    [409, 409, 'invalid_request_error', true],
    [413, 413, 'invalid_request_error', false],
    [418, 502, 'upstream_error', false],
    [422, 422, 'invalid_request_error', false],
    [429, 429, 'rate_limit_exceeded', true],
    [500, 502, 'upstream_error', true],
    [529, 502, 'upstream_error', true],
  ])('maps status %d to %d %s, retryable %s', (given, status, type, retryable) => {
    expect(read(given, '')).toMatchObject({ status, type, retryable });
  });

  it.each([
    [{ type: 'invalid_request_error' }, 400, false],
    [{ type: 'tokens', code: 'rate_limit_exceeded' }, 429, true],
    [{ code: 'invalid_api_key' }, 502, false],
    [{ code: 503 }, 502, true],
    [{ type: 'server_error' }, 502, true],
  ])('maps %j inside a stream to status %d', (error, status, retryable) => {
    expect(read(200, { error })).toMatchObject({ status, retryable });
  });

  it.each([
    [{ error: 'plain text' }, 'plain text'],
    [[{ error: { message: 'in a list' } }], 'in a list'],
    [{ detail: 'FastAPI' }, 'FastAPI'],
    [{ message: 'bare' }, 'bare'],
    ['<html>secret</html>', 'The upstream refused the request (HTTP 400).'],
    [{ error: { message: 'x'.repeat(5_000) } }, 'x'.repeat(2_000)],
  ])('reads the message from %j', (body, message) => expect(read(400, body).message).toBe(message));

  it('redacts keys', () => {
    const keys = [
      'sk-proj-abc_DEF-1234',
      'sk-****************wxyz',
      'gsk_abcdefgh12',
      'AIzaSyA1234567890123456789',
      'xai-abcdef123',
    ];
    for (const status of [400, 401, 403, 429, 500]) {
      const { message } = read(status, { error: { message: `Keys ${keys.join(' ')} and Bearer abc.def.` } });
      for (const key of [...keys, 'abc.def']) expect(message).not.toContain(key);
    }
  });

  it.each([
    [{ 'retry-after': '2' }, 2_000],
    [{ 'retry-after': '0.25' }, 250],
    [{ 'retry-after': ['3', '4'] }, 3_000],
    [{ 'retry-after': '9', 'retry-after-ms': '15' }, 15],
    [{ 'retry-after': 'Wed, 21 Oct 2026 07:28:00 GMT' }, undefined],
    [{ 'retry-after': '-1' }, undefined],
    [{}, undefined],
  ])('reads the waiting time from %j', (headers, ms) => expect(read(429, '', headers).retryAfterMs).toBe(ms));
});
