import { embeddings } from '@thriftgate/providers';
import { cacheKey } from '../cache/key/cache-key';
import { keyedParts } from './keyed-parts';

const { withoutEffect } = embeddings;
const partsOf = (members: object, inputs = ['a', 'b']) => inputs.map((input) => ({ model: 'm', ...members, input }));
const keysOf = (parts: ReturnType<typeof partsOf>) => {
  const place = { scope: 's', model: 'm', generation: 1, endpoint: 'e', target: 't', namespace: undefined };
  return keyedParts(parts, withoutEffect).map((part) => cacheKey(place, part, withoutEffect));
};

describe('the keys of parts', () => {
  it('are those of whole requests where the other members are short', () => {
    const parts = partsOf({ dimensions: 2, instruction: 'x'.repeat(100) });
    expect(keyedParts(parts, withoutEffect)).toBe(parts);
  });

  it('differ by the input and by what the parts share, also where that is long', () => {
    const long = { x: ['y'.repeat(2_000)] };
    const keys = [...keysOf(partsOf(long)), ...keysOf(partsOf({ ...long, dimensions: 2 }))];
    expect(new Set(keys).size).toBe(4);
    expect(keysOf(partsOf({ x: ['y'.repeat(2_000)] }))).toEqual(keysOf(partsOf(long)));
  });

  it('do not depend on members without effect', () => {
    const long = { x: ['y'.repeat(2_000)] };
    expect(keysOf(partsOf({ ...long, user: 'u' }))).toEqual(keysOf(partsOf({ ...long, user: 'v' })));
  });
});
