import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { EMBEDDINGS } from '../../provider';
import { describeTranslator } from '../../testing/describe-translator';
import type { Translator, UpstreamCall } from '../../translator';
import { type Vendor, VENDORS } from '../../vendors';
import { asBase64, divideVectors } from '../../vectors/vector-list';

const FIXTURES = join(__dirname, '__fixtures__');
const SPEAKING = Object.entries<Vendor>(VENDORS).flatMap(([name, { api }]): [string, Translator][] => {
  const translator = api.translators[EMBEDDINGS];
  return translator ? [[name, translator]] : [];
});

for (const [name, translator] of SPEAKING) describeTranslator(name, translator, join(FIXTURES, name));

const call = (body: object): UpstreamCall => ({
  body: { model: 'm', ...body },
  upstreamModel: 'm',
  stream: false,
  requestId: 'r',
  baseUrl: 'https://llm.example/v1',
});
const translatorOf = (name: string) => {
  const found = SPEAKING.find(([each]) => each === name)?.[1];
  if (!found) throw new Error(`${name} has no embeddings`);
  return found;
};
const read = (name: string, reply: string, input: unknown = ['a', 'b']) =>
  translatorOf(name).fromReply(Buffer.from(reply), call({ input }));

describe('recorded cases', () => {
  it('are there for every vendor with embeddings, and only for those', () =>
    expect(readdirSync(FIXTURES).toSorted()).toEqual(SPEAKING.map(([name]) => name).toSorted()));
});

describe('a vendor without tokens', () => {
  it.each(['gemini', 'cohere', 'voyage', 'mistral', 'dashscope', 'upstage', 'together', 'ollama'])(
    '%s refuses them',
    (name) => {
      for (const input of [
        [1, 2],
        [[1], [2]],
      ])
        expect(() => translatorOf(name).toRequest(call({ input }))).toThrow(
          expect.objectContaining({ name: 'UnsupportedMemberError', param: 'input', status: 422 }),
        );
    },
  );

  it.each(['together', 'upstage'])('%s refuses dimensions, which it lacks', (name) =>
    expect(() => translatorOf(name).toRequest(call({ input: 'a', dimensions: 2 }))).toThrow(
      expect.objectContaining({ param: 'dimensions' }),
    ),
  );
});

describe('values', () => {
  const vectorsOf = (name: string, reply: string) => {
    const result = read(name, reply, ['a']);
    if (result.kind !== 'response') throw new Error(result.kind);
    return divideVectors(result.reply.body);
  };

  it('are those that the vendor wrote, digit by digit', () => {
    const [vector] = vectorsOf('gemini', '{"embeddings":[{"values":[0.10, -1E-7,\n 1.0,12345678901234567890]}]}');
    expect(vector?.toString()).toBe('[0.10,-1E-7,1.0,12345678901234567890]');
  });

  it('are not scaled: Gemini sends short vectors that are not of unit length', () =>
    expect(vectorsOf('gemini', '{"embeddings":[{"values":[0.3,0.3]}]}')[0]?.toString()).toBe('[0.3,0.3]'));

  it('come in base64 as floats that are nearest', () => {
    const [vector = Buffer.alloc(0)] = vectorsOf('mistral', '{"data":[{"embedding":[0.1,-1]}]}');
    expect(Buffer.from(asBase64(vector), 'base64')).toEqual(Buffer.from(new Float32Array([0.1, -1]).buffer));
  });
});

describe('a body with status 200', () => {
  it.each([
    ['openai', '{"data":[{"embedding":[1]}],"usage":{"prompt_tokens":4}}', 'unreadable'],
    ['openai', '{"data":[{"embedding":[1]},{"embedding":[]}]}', 'unreadable'],
    ['openai', '{"data":[{"embedding":[1]},{"embedding":[1,"x"]}]}', 'unreadable'],
    ['openai', '{"data":[{"embedding":[1]},{"embedding":[1.2.3]}]}', 'unreadable'],
    ['openai', '{"error":{"message":"no"}}', 'error'],
    ['openai', '<html>', 'unreadable'],
    ['openai', '', 'unreadable'],
    ['openai', '[1]', 'unreadable'],
    ['cohere', '{"message":"no"}', 'error'],
    ['cohere', '{"embeddings":{}}', 'unreadable'],
    ['gemini', '{"error":{"code":500}}', 'error'],
    ['gemini', '{"embeddings":[{"values":[1]},{}]}', 'unreadable'],
  ])('%s: %s is %s', (name, reply, kind) => expect(read(name, reply)).toMatchObject({ kind }));

  it('may name usage that is charged, though it is unreadable', () =>
    expect(read('openai', '{"data":[],"usage":{"total_tokens":4}}')).toMatchObject({ usage: { inputTokens: 4 } }));

  it('has a list of numbers inside a text', () =>
    expect(read('openai', '{"data":[{"embedding":[1]},{"embedding":[2]}],"model":"m [1,2]"}')).toMatchObject({
      kind: 'response',
      reply: { facts: { upstreamModel: 'm [1,2]' } },
    }));
});
