import * as fc from 'fast-check';
import { aCall, aModel, aPreparedCall } from '../testing/builders';
import { worstUsage } from './worst-case';

const picture = (length: number) => ({
  type: 'image_url',
  image_url: { url: `data:image/png;base64,${'A'.repeat(length)}` },
});
const callWith = (...content: object[]) => aCall({ messages: [{ role: 'user', content }] });

describe('the worst usage of a call', () => {
  it('is a token for each byte of the request, and all that may be written', () => {
    const prepared = aPreparedCall(aCall({ n: 2 }), { model: aModel({ maxOutputTokens: 50 }) });
    expect(worstUsage(prepared, '{"a":"안녕"}')).toEqual({
      inputTokens: Buffer.byteLength('{"a":"안녕"}'),
      cachedInputTokens: 0,
      outputTokens: 100,
      reasoningTokens: 0,
    });
  });

  it.each([
    ['the call’s own limit', { max_tokens: 20 }, 50, 20],
    ['the call’s own limit, also above the model’s', { max_completion_tokens: 70 }, 50, 70],
    ['the model’s', {}, 50, 50],
    ['a bound of its own where neither has one', {}, undefined, 16_384],
  ])('writes as much as %s', (_, body, maxOutputTokens, tokens) => {
    const prepared = aPreparedCall(aCall(body), { model: aModel({ maxOutputTokens }) });
    expect(worstUsage(prepared, '{}').outputTokens).toBe(tokens);
  });

  it('A10: counts a small picture as what vendors may count for it', () => {
    const call = callWith(picture(100));
    expect(worstUsage(aPreparedCall(call), JSON.stringify(call.body)).inputTokens).toBeGreaterThan(48_169);
  });

  it('counts each attachment at a bound, whatever its length', () => {
    const count = (...lengths: number[]) => {
      const call = callWith(...lengths.map(picture));
      return worstUsage(aPreparedCall(call), JSON.stringify(call.body)).inputTokens;
    };
    expect(count(200_000)).toBe(count(70_000));
    expect(count(200_000, 200_000)).toBeGreaterThanOrEqual(count(200_000) + 50_000);
  });

  it('A10: counts the texts of a request whose attachments a translation has left out', () => {
    const text = 'A'.repeat(400_000);
    const file = { file_data: `data:application/pdf;base64,${'A'.repeat(600_000)}`, filename: 'a.pdf' };
    const call = callWith({ type: 'text', text }, { type: 'file', file });
    const translated = JSON.stringify({ contents: [{ parts: [{ text }] }] });
    expect(worstUsage(aPreparedCall(call), translated).inputTokens).toBeGreaterThanOrEqual(text.length);
  });

  it('A10: counts the name of a file, and what is no part of its attachment, by their bytes', () => {
    const long = 'A'.repeat(600_000);
    for (const file of [{ file_data: 'data:application/pdf;base64,QUFB', filename: long }, { a: long }]) {
      const call = callWith({ type: 'file', file });
      const { inputTokens } = worstUsage(aPreparedCall(call), '{}');
      expect(inputTokens).toBeGreaterThanOrEqual(long.length);
    }
  });

  // A10: a long text that looks like an attachment is a text.
  it('counts a text by its bytes, whatever it begins with', () => {
    const text = `data:image/png;base64,${'A'.repeat(100_000)}`;
    const call = callWith({ type: 'text', text });
    const body = JSON.stringify(call.body);
    expect(worstUsage(aPreparedCall(call), body).inputTokens).toBe(body.length);
  });

  it('is no less than the bytes that are no attachment, whatever a request is made of', () => {
    const part = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }).map((text) => ({ type: 'text', text })),
      fc.nat(90_000).map(picture),
    );
    fc.assert(
      fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), (content) => {
        const call = callWith(...content);
        const { inputTokens } = worstUsage(aPreparedCall(call), JSON.stringify(call.body));
        const texts = content.map((each) => ('text' in each ? each.text : ''));
        expect(inputTokens).toBeGreaterThanOrEqual(Buffer.byteLength(texts.join('')));
      }),
      { numRuns: 30 },
    );
  });
});
