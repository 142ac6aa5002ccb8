import fc from 'fast-check';
import { PassingMap } from './passing-map';

const key = fc.constantFrom('a', 'b', 'c', 'd');

describe('a map of what comes and goes', () => {
  it('has what a Map has, in its order', () => {
    const step = fc.record({ key, value: fc.option(fc.record({ number: fc.nat() }), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const mine = new PassingMap<{ number: number }>();
        const model = new Map<string, { number: number }>();
        for (const { key: at, value } of steps) {
          model.delete(at);
          if (value) model.set(at, value);
          if (value) mine.set(at, value);
          else mine.delete(at);
          expect(mine.get(at)).toBe(value);
        }
        expect([...mine.values()]).toEqual([...model.values()]);
      }),
    );
  });

  it('leaves out what is taken out while it is gone through', () => {
    const map = new PassingMap<{ name: string }>();
    for (const name of ['one', 'two', 'three']) map.set(name, { name });
    const seen: string[] = [];
    for (const { name } of map.values()) {
      seen.push(name);
      map.delete('two');
    }
    expect(seen).toEqual(['one', 'three']);
  });
});
