import fc from 'fast-check';
import { TransientMap } from './transient-map';

const key = fc.constantFrom('a', 'b', 'c', 'd');

describe('a map of what comes and goes', () => {
  it('has what a Map has, in its order', () => {
    const step = fc.record({ key, value: fc.option(fc.record({ number: fc.nat() }), { nil: undefined }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), (steps) => {
        const mine = new TransientMap<{ number: number }>();
        const model = new Map<string, { number: number }>();
        for (const { key: at, value } of steps) {
          for (const map of [mine, model])
            if (value) map.set(at, value);
            else map.delete(at);
          expect(mine.get(at)).toBe(value);
        }
        expect([...mine.values()]).toEqual([...model.values()]);
      }),
    );
  });

  it('keeps nothing of what was taken out, wherever V8 still has its place', () => {
    const map = new TransientMap<{ name: string }>();
    map.set('a', { name: 'one' });
    const place = map['places'].get('a');
    map.set('a', { name: 'two' });
    expect(place).toEqual({ value: { name: 'two' } });
    map.delete('a');
    expect(place).toEqual({ value: undefined });
    map.set('a', { name: 'three' });
    expect(place).toEqual({ value: undefined });
  });

  it('leaves out what is taken out while it is gone through', () => {
    const map = new TransientMap<{ name: string }>();
    for (const name of ['one', 'two', 'three']) map.set(name, { name });
    const seen: string[] = [];
    for (const { name } of map.values()) {
      seen.push(name);
      map.delete('two');
    }
    expect(seen).toEqual(['one', 'three']);
  });
});
