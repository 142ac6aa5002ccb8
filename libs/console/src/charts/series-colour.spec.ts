import fc from 'fast-check';
import { OTHERS_COLOUR, paletteColour, seriesColour } from './series-colour';

const names = fc.uniqueArray(fc.string({ minLength: 1 }), { minLength: 1, maxLength: 12 });
const palette = [0, 1, 2, 3, 4, 5].map(paletteColour);

describe('colours by name', () => {
  it('do not depend on the order of the names', () => {
    fc.assert(
      fc.property(names, (list) => {
        const reversed = list.toReversed();
        expect(list.map((name) => seriesColour(name, reversed))).toEqual(list.map((name) => seriesColour(name, list)));
      }),
    );
  });

  it('are different for up to six names, and beyond they are that of others', () => {
    fc.assert(
      fc.property(names, (list) => {
        const colours = list.map((name) => seriesColour(name, list)).filter((colour) => colour !== OTHERS_COLOUR);
        expect(new Set(colours).size).toBe(Math.min(list.length, palette.length));
        expect(colours.every((colour) => palette.includes(colour))).toBe(true);
      }),
    );
  });

  it('have the one of a name alone in use, by that name or by another that comes first', () => {
    fc.assert(
      fc.property(names, (list) => {
        const colours = list.map((name) => seriesColour(name, list));
        for (const name of list) {
          const own = seriesColour(name, [name]);
          expect(colours.filter((colour) => colour === own)).toHaveLength(1);
        }
      }),
    );
  });

  it('use all six for the names of models', () => {
    const models = ['gpt-4.1', 'gpt-4.1-mini', 'gpt-4o', 'gpt-4o-mini', 'o4-mini', 'claude-sonnet-4', 'claude-haiku-4'];
    const more = ['gemini-2.5-pro', 'gemini-2.5-flash', 'text-embedding-3-small', 'deepseek-v3', 'llama-4', 'qwen-3'];
    const alone = [...models, ...more].map((name) => seriesColour(name, [name]));
    expect(new Set(alone).size).toBeGreaterThanOrEqual(5);
  });
});
