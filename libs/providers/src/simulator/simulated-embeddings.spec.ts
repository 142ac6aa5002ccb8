import { simulateEmbeddings } from './simulated-embeddings';
import { SimulatedBadRequest } from './simulated-request';

interface Answer {
  data: { index: number; embedding: number[] }[];
  usage: { prompt_tokens: number };
}
const embed = (input: unknown, members: object = {}) =>
  simulateEmbeddings({ model: 'm', input, ...members }) as unknown as Answer;
const vectorsOf = (input: unknown) => embed(input).data.map(({ embedding }) => embedding);
const product = (a: number[] = [], b: number[] = []) => a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0);

describe('simulated embeddings', () => {
  it('are equal for equal texts, and of unit length', () => {
    const [first, second] = vectorsOf(['Hello', 'Hello']);
    expect(first).toEqual(second);
    expect(product(first, first)).toBeCloseTo(1, 5);
  });

  it('are near each other for texts with words in common', () => {
    const [hill, hills, soup] = vectorsOf([
      'the tallest hill in Seoul',
      'the tallest hills of Seoul',
      'onion soup recipe',
    ]);
    expect(product(hill, hills)).toBeGreaterThan(product(hill, soup) + 0.3);
  });

  it('have the asked dimensions, in base64 the same values', () => {
    const [{ embedding } = { embedding: [] }] = embed('Hello', { dimensions: 8 }).data;
    const { data } = simulateEmbeddings({ model: 'm', input: 'Hello', dimensions: 8, encoding_format: 'base64' });
    const [{ embedding: base64 }] = data as [{ embedding: string }];
    const bytes = Buffer.from(base64, 'base64');
    expect(embedding.map((_, at) => bytes.readFloatLE(at * 4))).toEqual(embedding);
    expect(embedding).toHaveLength(8);
  });

  it('take tokens', () => expect(embed([[1, 2], [3]]).data.map(({ index }) => index)).toEqual([0, 1]));

  it.each([
    [undefined, {}],
    [[], {}],
    [[''], {}],
    ['a', { dimensions: 0 }],
    ['a', { model: '' }],
  ])('refuse %j %j', (input, members) => expect(() => embed(input, members)).toThrow(SimulatedBadRequest));
});
