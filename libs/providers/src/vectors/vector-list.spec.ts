import fc from 'fast-check';
import { asBase64, asNumbers, divideVectors, gatherVectors } from './vector-list';

const floats = fc.float32Array({ minLength: 1, maxLength: 20, noNaN: true, noDefaultInfinity: true });
const base64Of = (values: Float32Array) => `"${Buffer.from(values.buffer).toString('base64')}"`;
const textsOf = (vectors: readonly Buffer[]) => vectors.map(String);

describe('vectors', () => {
  it('are divided as they were gathered, in both forms', () =>
    fc.assert(
      fc.property(fc.array(fc.tuple(floats, fc.boolean()), { maxLength: 8 }), (list) => {
        const vectors = list.map(([values, isText]) => (isText ? base64Of(values) : JSON.stringify([...values])));
        const gathered = gatherVectors(vectors);
        expect(textsOf(divideVectors(gathered))).toEqual(vectors);
        expect(JSON.parse(gathered.toString())).toEqual(vectors.map((vector) => JSON.parse(vector)));
        expect(gatherVectors(divideVectors(gathered))).toEqual(gathered);
      }),
    ));

  it('in base64 and as numbers are the same float32 values, bit by bit', () =>
    fc.assert(
      fc.property(floats, (values) => {
        const base64 = base64Of(values);
        const numbers = asNumbers(Buffer.from(base64));
        expect(JSON.parse(numbers)).toEqual([...values]);
        expect(asBase64(Buffer.from(numbers))).toBe(base64);
      }),
    ));

  it('pass as they are in the form that the vendor wrote', () => {
    expect(asNumbers(Buffer.from('[0.10,1E-7]'))).toBe('[0.10,1E-7]');
    expect(asBase64(Buffer.from('"zczMPQ=="'))).toBe('"zczMPQ=="');
  });

  it('are little-endian in base64, as OpenAI sends them', () =>
    expect(asBase64(Buffer.from('[1,-2]'))).toBe(
      `"${Buffer.from([0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0]).toString('base64')}"`,
    ));
});
