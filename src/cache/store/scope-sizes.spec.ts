import * as fc from 'fast-check';
import { ScopeSizes } from './scope-sizes';

const keyOf = (scope: string, name: string) => `ai_cache:${scope}:gpt-4.1:1:${name}`;

/** Fault A18: the large responses of one team pushed those of another out. */
describe('the sizes of scopes', () => {
  it('A18: name the least recently used key of the largest scope', () => {
    const sizes = new ScopeSizes();
    expect(sizes.next()).toBeUndefined();
    sizes.add(keyOf('a', '1'), 100);
    for (const name of ['1', '2', '3']) sizes.add(keyOf('b', name), 50);
    sizes.use(keyOf('b', '1'));
    expect(sizes.next()).toBe(keyOf('b', '2'));
    sizes.remove(keyOf('b', '2'), 50);
    sizes.remove(keyOf('b', '3'), 50);
    expect(sizes.next()).toBe(keyOf('a', '1'));
  });

  it('A18: are empty when all keys are removed, and ignore keys that are not there', () => {
    const sizes = new ScopeSizes();
    sizes.add(keyOf('a', '1'), 100);
    sizes.remove(keyOf('a', '2'), 100);
    sizes.use(keyOf('c', '1'));
    expect(sizes.next()).toBe(keyOf('a', '1'));
    sizes.remove(keyOf('a', '1'), 100);
    expect(sizes.next()).toBeUndefined();
  });

  it('A18: name each key in turn', () => {
    const sizes = new ScopeSizes();
    expect(sizes.nextInTurn()).toBeUndefined();
    const keys = [keyOf('a', '1'), keyOf('a', '2'), keyOf('b', '1')];
    for (const key of keys) sizes.add(key, 1);
    const named = Array.from({ length: 8 }, () => sizes.nextInTurn()).filter((key) => key !== undefined);
    expect(named.slice(0, 6)).toEqual([...keys, ...keys]);
  });

  it('A18: keep the order of use, whatever is added, used and removed', () => {
    const steps = fc.array(fc.tuple(fc.constantFrom('add', 'use', 'remove'), fc.nat(5)), { maxLength: 60 });
    fc.assert(
      fc.property(steps, (each) => {
        const sizes = new ScopeSizes();
        let order: string[] = [];
        for (const [what, name] of each) {
          const key = keyOf('a', String(name));
          const others = order.filter((other) => other !== key);
          const isThere = others.length < order.length;
          if (what === 'add' && isThere) continue;
          if (what === 'add') sizes.add(key, 10);
          else if (what === 'use') sizes.use(key);
          else sizes.remove(key, 10);
          if (what === 'add' || (what === 'use' && isThere)) order = [...others, key];
          if (what === 'remove') order = others;
          expect(sizes.next()).toBe(order[0]);
        }
      }),
    );
  });
});
