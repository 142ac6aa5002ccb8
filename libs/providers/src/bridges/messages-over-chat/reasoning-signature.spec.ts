import { LongText } from '../../passed-values';
import { replayReasoning } from '../../compatible/request/replayed-reasoning';
import { detailsOf, signatureOf } from './reasoning-signature';

/** A text as the parser of large bodies gives it. */
const long = (text: string) => new LongText(Buffer.from(text), true);
const details = [{ type: 'reasoning.encrypted', data: 'x'.repeat(20_000) }];

describe('the signature of a thinking block', () => {
  it.each([
    ['short', (text: string) => text],
    ['long', long],
  ])('gives the reasoning back from a %s text', (_, written) => {
    expect(detailsOf({ thinking: written('…'), signature: written(signatureOf(details)) })).toEqual(details);
    const plain = { thinking: written('Hm.'), signature: written(signatureOf([])) };
    expect(detailsOf(plain)).toEqual([{ type: 'reasoning.text', text: 'Hm.' }]);
  });

  it('of another vendor gives none', () => {
    expect(detailsOf({ thinking: 'Hm.', signature: long('EqQBCgIYAhIM') })).toEqual([]);
  });

  it('that is long reaches a vendor that wants the reasoning as a text', () => {
    const message = { role: 'assistant', content: 'a', reasoning_content: long('Hm.'), tool_calls: [{ id: 'call_1' }] };
    expect(replayReasoning(message, { replay: 'tool-calls' }, undefined)).toMatchObject({ reasoning_content: 'Hm.' });
  });
});
