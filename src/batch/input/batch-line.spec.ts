import * as fc from 'fast-check';
import { chatCompletions } from '@thriftgate/providers';
import { readLine } from './batch-line';

const body = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hello' }] };

const read = (line: unknown) =>
  readLine({ line: 7, text: typeof line === 'string' ? line : JSON.stringify(line) }, chatCompletions);

describe('readLine', () => {
  it('gets defaults for members that are left out', async () => {
    const expected = {
      line: {
        line: 7,
        customId: 'a',
        url: '/v1/chat/completions',
        model: 'gpt-4.1',
        body: JSON.stringify(body),
        directives: [],
      },
    };
    expect(await read({ custom_id: 'a', body })).toEqual(expected);
    expect(await read({ custom_id: 'a', method: 'POST', url: '/chat/completions', body })).toEqual(expected);
    expect(await read({ custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body })).toEqual(expected);
  });

  it('is for the API that it names, whatever the batch is for', async () => {
    const message = { ...body, max_tokens: 10 };
    expect(await read({ custom_id: 'a', url: '/v1/messages', body: message })).toMatchObject({
      line: { url: '/v1/messages' },
    });
    expect(await read({ custom_id: 'a', url: '/responses', body: { model: 'm', input: 'Hello' } })).toMatchObject({
      line: { url: '/v1/responses' },
    });
    expect(await read({ custom_id: 'a', url: '/v1/messages', body })).toMatchObject({
      problem: { param: 'body.max_tokens' },
    });
  });

  it('keeps unknown members of the body', async () => {
    const odd = { ...body, temperature: 0.7, x_vendor: { deep: [1, null, 'ü\u0000'] } };
    const result = await read({ custom_id: 'a', body: odd });
    expect('line' in result && JSON.parse(String(result.line.body))).toEqual(odd);
  });

  it.each([
    ['not JSON', '{"custom_id": ', 'invalid_json_line', null],
    ['no object', [1], 'invalid_json_line', null],
    ['no custom_id', { body }, 'missing_custom_id', 'custom_id'],
    ['a custom_id that is a number', { custom_id: 1, body }, 'invalid_custom_id', 'custom_id'],
    ['a custom_id that is too long', { custom_id: 'x'.repeat(513), body }, 'invalid_custom_id', 'custom_id'],
    ['a custom_id that cannot be stored', { custom_id: 'a\u0000', body }, 'invalid_custom_id', 'custom_id'],
    ['half a character', { custom_id: '\ud800', body }, 'invalid_custom_id', 'custom_id'],
    ['another method', { custom_id: 'a', method: 'GET', body }, 'invalid_method', 'method'],
    ['another url', { custom_id: 'a', url: '/v1/audio/speech', body }, 'invalid_url', 'url'],
    ['no body', { custom_id: 'a' }, 'invalid_body', 'body'],
    ['a body that is no object', { custom_id: 'a', body: 'hello' }, 'invalid_body', 'body'],
    ['no model', { custom_id: 'a', body: { messages: body.messages } }, 'invalid_body', 'body.model'],
    ['no messages', { custom_id: 'a', body: { model: 'gpt-4.1' } }, 'invalid_body', 'body.messages'],
    ['a stream', { custom_id: 'a', body: { ...body, stream: true } }, 'invalid_body', 'body.stream'],
    ['cache controls', { custom_id: 'a', body: { ...body, use_cache: 'no' } }, 'invalid_body', 'body.use_cache'],
  ])('refuses %s', async (_, line, code, param) => {
    expect(await read(line)).toEqual({ problem: { line: 7, code, message: expect.any(String), param } });
  });

  it('is refused when its nesting is too deep for the stack', async () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const result = await read(`{"custom_id":"a","body":{"model":"m","messages":[{"role":"user","content":${deep}}]}}`);
    expect(result).toMatchObject({ problem: { code: 'invalid_json_line' } });
  });

  it('is read or refused for any text', async () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ custom_id: fc.anything(), url: fc.anything(), body: fc.anything() }).map((line) => {
        return JSON.stringify(line, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
      }),
    );
    await fc.assert(
      fc.asyncProperty(anything, async (text) => {
        const result = await readLine({ line: 1, text }, chatCompletions);
        expect('line' in result ? result.line.customId.length > 0 : result.problem.line === 1).toBe(true);
      }),
    );
  });

  describe('A5: a large line', () => {
    const readBytes = (line: string | Buffer) =>
      readLine({ line: 7, text: undefined, bytes: Buffer.from(line) }, chatCompletions);
    const lineOf = (content: string, more = '') =>
      `{"custom_id":"a","body":{"model":"gpt-4.1","9":1,"seed":12345678901234567890,"messages":[{"role":"user","content":${content}}]${more}}}`;

    it.each(['x', '\\n\\u00e9', '한글 '])('is read as a small one is: %s', async (piece) => {
      const line = lineOf(JSON.stringify(JSON.parse(`"${piece.repeat(30_000)}"`)));
      const [large, small] = [await readBytes(line), await read(line)];
      if (!('line' in large && 'line' in small)) throw new Error('it was refused');
      expect(typeof large.line.body).toBe('object');
      expect({ ...large.line, body: String(large.line.body) }).toEqual(small.line);
    });

    it('may have as many values as its own API takes', async () => {
      const input = `[${'1,'.repeat(60_000)}1]`;
      const lineFor = (url: string) =>
        `{"custom_id":"a","url":"${url}","body":{"model":"gpt-4.1","messages":[],"input":${input}}}`;
      expect(await readBytes(lineFor('/v1/embeddings'))).toMatchObject({ line: { url: '/v1/embeddings' } });
      expect(await readBytes(lineFor('/v1/chat/completions'))).toMatchObject({ problem: { code: 'line_too_large' } });
    });

    it.each<[string, string | Buffer, string, string]>([
      ['many values', lineOf('"a"', `,"x":[${'[],'.repeat(400_000)}1]`), 'line_too_large', 'has more than'],
      [
        'much besides long texts',
        lineOf('"a"', `,"x":[${'"yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy",'.repeat(110_000)}1]`),
        'line_too_large',
        'has more than',
      ],
      ['depth', lineOf('['.repeat(70_000)), 'line_too_large', 'is nested deeper'],
      ['no end', `{"custom_id":"a","x":"${'y'.repeat(70_000)}`, 'invalid_json_line', 'is not valid JSON'],
      ['no object', `["${'y'.repeat(70_000)}"]`, 'invalid_json_line', 'must be a JSON object'],
      [
        'bytes that are no UTF-8',
        Buffer.concat([Buffer.from(lineOf('"')), Buffer.alloc(70_000, 0xff)]),
        'invalid_json_line',
        'is too long or not UTF-8',
      ],
      ['a long custom_id', `{"custom_id":"${'y'.repeat(70_000)}"}`, 'invalid_custom_id', "'custom_id' has more than"],
    ])('is refused with %s', async (_what, line, code, message) => {
      expect(await readBytes(line)).toEqual({
        problem: {
          line: 7,
          code,
          message: expect.stringContaining(message),
          param: code === 'invalid_custom_id' ? 'custom_id' : null,
        },
      });
    });
  });
});
