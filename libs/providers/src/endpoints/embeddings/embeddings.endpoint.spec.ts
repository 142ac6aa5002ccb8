import { InvalidRequestError } from '../../endpoint';
import { LongText } from '../../passed-values';
import { embeddings } from './embeddings.endpoint';

const read = (body: object) => embeddings.read({ model: 'm', input: 'a', ...body });
const parts = embeddings.parts;
if (!parts) throw new Error('embeddings have parts');

describe('an embeddings request', () => {
  it.each([
    ['a text', 'a', ['a']],
    ['texts', ['a', 'b'], ['a', 'b']],
    ['tokens', [1, 2], [[1, 2]]],
    ['lists of tokens', [[1, 2], [3]], [[1, 2], [3]]],
    ['a long text', new LongText(Buffer.from('abc'), true), undefined],
  ])('may have %s', (_what, input, inputs) => {
    const { body, request } = read({ input });
    expect(request).toMatchObject({ model: 'm', stream: false, choices: 1, maxOutputTokens: 0 });
    if (inputs) expect(parts.split(body).map((part) => part.input)).toEqual(inputs);
  });

  it.each([
    ['model', { model: '' }, 'model'],
    ['no input', { input: undefined }, 'input'],
    ['an object as input', { input: {} }, 'input'],
    ['an empty text', { input: '' }, 'input'],
    ['an empty list', { input: [] }, 'input'],
    ['an empty text in a list', { input: ['a', 'b', 'c', ''] }, 'input[3]'],
    ['a number among texts', { input: ['a', 1] }, 'input[1]'],
    ['a null', { input: [null] }, 'input[0]'],
    ['texts among tokens', { input: [[1], 'a'] }, 'input[1]'],
    ['an empty list of tokens', { input: [[1], []] }, 'input[1]'],
    ['half a token', { input: [1, 1.5] }, 'input[1]'],
    ['a negative token', { input: [[1], [2, -1]] }, 'input[1][1]'],
    ['a text among tokens', { input: [1, 'a'] }, 'input[1]'],
    ['too many inputs', { input: Array.from({ length: 2049 }, () => 'a') }, 'input'],
    ['no dimension', { dimensions: 0 }, 'dimensions'],
    ['dimensions as text', { dimensions: '256' }, 'dimensions'],
    ['an unknown encoding', { encoding_format: 'int8' }, 'encoding_format'],
    ['a stream', { stream: true }, 'stream'],
    ['a user that is no text', { user: 1 }, 'user'],
  ])('is refused with %s', (_what, body, param) => {
    expect(() => read(body)).toThrow(InvalidRequestError);
    expect(() => read(body)).toThrow(expect.objectContaining({ param }));
  });

  it('takes 2,048 inputs, and more tokens than that', () => {
    expect(() => read({ input: Array.from({ length: 2048 }, () => 'a') })).not.toThrow();
    expect(() => read({ input: Array.from({ length: 8000 }, (_, at) => at) })).not.toThrow();
  });

  it('takes null for what is not set', () =>
    expect(() => read({ dimensions: null, encoding_format: null, user: null, stream: null })).not.toThrow());

  it('has texts and tokens to count', () => {
    expect(embeddings.content({ input: ['a', 'b'] })).toMatchObject({ texts: ['a', 'b'], tokens: 0 });
    expect(embeddings.content({ input: [[1, 2], [3]] })).toMatchObject({ texts: [], tokens: 3 });
  });
});

describe('parts', () => {
  it('are joined to a request of several inputs, with the other members', () => {
    const split = parts.split({ model: 'm', input: ['a', 'b', 'c'], dimensions: 2 });
    expect(parts.join([split[2] ?? {}, split[0] ?? {}])).toEqual({ model: 'm', input: ['c', 'a'], dimensions: 2 });
    expect(parts.join(parts.split({ model: 'm', input: [1, 2] }))).toEqual({ model: 'm', input: [[1, 2]] });
  });

  it('weigh what they have of tokens, rather too much', () => {
    const weights = ['a', 'hello world', '안녕하세요', [1, 2, 3]].map((input) => parts.weight({ input }));
    expect(weights).toEqual([1, 4, 5, 3]);
  });

  it('are written as OpenAI does', () => {
    const stored = Buffer.from('"AACAPw=="');
    const element = (format?: string) => parts.element(stored, 7, { encoding_format: format });
    expect(element('base64')).toBe('{"object":"embedding","index":7,"embedding":"AACAPw=="}');
    expect(element()).toBe('{"object":"embedding","index":7,"embedding":[1]}');
    const whole = parts.assemble([element()], { model: 'm"', inputTokens: 3, cached: true });
    expect(JSON.parse(whole.toString())).toEqual({
      object: 'list',
      data: [{ object: 'embedding', index: 7, embedding: [1] }],
      model: 'm"',
      usage: { prompt_tokens: 3, total_tokens: 3 },
      cached: true,
    });
  });
});
