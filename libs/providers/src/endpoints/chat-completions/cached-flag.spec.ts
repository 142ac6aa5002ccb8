import fc from 'fast-check';
import { withCached } from './cached-flag';

describe('withCached', () => {
  it('adds the member to any object without other changes', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.constantFrom('', '\n\n', '  '),
        fc.boolean(),
        (object, space, cached) => {
          const spliced = withCached(Buffer.from(`${space}${JSON.stringify(object)}${space}`), cached);
          expect(JSON.parse(spliced.toString())).toEqual({ ...JSON.parse(JSON.stringify(object)), cached });
        },
      ),
    );
  });

  it.each([
    '{"cached":true,"id":"c"}',
    '{"id":"c", "cached" : {"a":1}}',
    '{"id":"c","cached":0}',
    '{"cached":1,"id":"c","cached":2}',
  ])('replaces the upstream’s own: %s', (json) => {
    expect(withCached(Buffer.from(json), false).toString()).toBe('{"id":"c","cached":false}');
  });

  it('leaves members of the same name further inside', () => {
    const json = '{"seed":9223372036854775807,"x":{"cached":1}}';
    expect(withCached(Buffer.from(json), true).toString()).toBe(`${json.slice(0, -1)},"cached":true}`);
  });
});
