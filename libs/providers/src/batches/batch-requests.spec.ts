import * as fc from 'fast-check';
import { streamed, textOf } from '../testing/batch-drafts';
import { asElements } from './batch-requests';

it('lines become elements of an array wherever their bytes are cut', async () => {
  const line = fc.record({ text: fc.string({ unit: 'grapheme' }), n: fc.integer() });
  await fc.assert(
    fc.asyncProperty(
      fc.array(line, { minLength: 1, maxLength: 6 }),
      fc.integer({ min: 1, max: 9 }),
      async (lines, size) => {
        const text = lines.map((each) => `${JSON.stringify(each)}\n`).join('');
        expect(JSON.parse(`[${await textOf(asElements(streamed(text, size)))}]`)).toEqual(lines);
      },
    ),
  );
});
