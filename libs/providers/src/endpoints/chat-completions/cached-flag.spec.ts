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
});
