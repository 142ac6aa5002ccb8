import { setTimeout as delay } from 'node:timers/promises';
import fc from 'fast-check';
import { JsonArrays } from './json-array';

const MEGABYTE = 1024 * 1024;

describe('JSON arrays in bytes', () => {
  const arrays = new JsonArrays();
  const arrayOf = (values: unknown[]) =>
    arrays.with(
      values.map((value) => Buffer.from(JSON.stringify(value))),
      (array) => Promise.resolve(JSON.parse(array.toString()) as unknown),
    );

  it('are of the texts, whatever was in that memory before', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.jsonValue()), async (values) => {
        expect(JSON.stringify(await arrayOf(values))).toBe(JSON.stringify(values));
      }),
    );
  });

  it.each([MEGABYTE - 5, MEGABYTE - 4, MEGABYTE - 3, MEGABYTE, 3 * MEGABYTE])(
    'hold a text of %i bytes',
    async (bytes) => {
      const text = 'x'.repeat(bytes);
      expect(await arrayOf([text])).toEqual([text]);
      expect(await arrayOf(['한국어', 1])).toEqual(['한국어', 1]);
    },
  );

  it('do not share their memory while they are used, also not after one that failed', async () => {
    const texts = (value: string) => [Buffer.from(JSON.stringify(value))];
    const failing = expect(arrays.with(texts('first'), () => Promise.reject(new Error('away')))).rejects.toThrow(
      'away',
    );
    const slow = (value: string) =>
      arrays.with(texts(value), async (array) => {
        await delay(5);
        return array.toString();
      });
    await expect(Promise.all([slow('second'), slow('third'), slow('fourth')])).resolves.toEqual([
      '["second"]',
      '["third"]',
      '["fourth"]',
    ]);
    await failing;
    expect(await arrayOf(['fifth'])).toEqual(['fifth']);
  });
});
