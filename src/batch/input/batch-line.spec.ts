import * as fc from 'fast-check';
import { chatCompletions } from '@thriftgate/providers';
import { readLine } from './batch-line';

const body = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'Hello' }] };

const read = (line: unknown) =>
  readLine({ line: 7, text: typeof line === 'string' ? line : JSON.stringify(line) }, chatCompletions);

describe('readLine', () => {
  it('gets defaults for members that are left out', () => {
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
    expect(read({ custom_id: 'a', body })).toEqual(expected);
    expect(read({ custom_id: 'a', method: 'POST', url: '/chat/completions', body })).toEqual(expected);
    expect(read({ custom_id: 'a', method: 'POST', url: '/v1/chat/completions', body })).toEqual(expected);
  });

  it('is for the API that it names, whatever the batch is for', () => {
    const message = { ...body, max_tokens: 10 };
    expect(read({ custom_id: 'a', url: '/v1/messages', body: message })).toMatchObject({
      line: { url: '/v1/messages' },
    });
    expect(read({ custom_id: 'a', url: '/responses', body: { model: 'm', input: 'Hello' } })).toMatchObject({
      line: { url: '/v1/responses' },
    });
    expect(read({ custom_id: 'a', url: '/v1/messages', body })).toMatchObject({
      problem: { param: 'body.max_tokens' },
    });
  });

  it('keeps unknown members of the body', () => {
    const odd = { ...body, temperature: 0.7, x_vendor: { deep: [1, null, 'ü\u0000'] } };
    const result = read({ custom_id: 'a', body: odd });
    expect('line' in result && JSON.parse(result.line.body)).toEqual(odd);
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
  ])('refuses %s', (_, line, code, param) => {
    expect(read(line)).toEqual({ problem: { line: 7, code, message: expect.any(String), param } });
  });

  it('is refused when its nesting is too deep for the stack', () => {
    const deep = `${'['.repeat(200_000)}${']'.repeat(200_000)}`;
    const result = read(`{"custom_id":"a","body":{"model":"m","messages":[{"role":"user","content":${deep}}]}}`);
    expect(result).toMatchObject({ problem: { code: 'invalid_json_line' } });
  });

  it('is read or refused for any text', () => {
    const anything = fc.oneof(
      fc.string(),
      fc.json(),
      fc.record({ custom_id: fc.anything(), url: fc.anything(), body: fc.anything() }).map((line) => {
        return JSON.stringify(line, (_, value: unknown) => (typeof value === 'bigint' ? Number(value) : value));
      }),
    );
    fc.assert(
      fc.property(anything, (text) => {
        const result = readLine({ line: 1, text }, chatCompletions);
        expect('line' in result ? result.line.customId.length > 0 : result.problem.line === 1).toBe(true);
      }),
    );
  });
});
