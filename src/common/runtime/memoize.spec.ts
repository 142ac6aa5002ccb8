import { memoize } from './memoize';

describe('memoize', () => {
  it('computes each text once, long ones each time, and clears its cache when it is full', () => {
    const made: string[] = [];
    const quoted = memoize((text) => {
      made.push(text);
      return JSON.stringify(text);
    });
    expect([quoted('a'), quoted('"'), quoted('a'), quoted('')]).toEqual(['"a"', '"\\""', '"a"', '""']);
    expect(made).toEqual(['a', '"', '']);
    const long = 'x'.repeat(201);
    expect([quoted(long), quoted(long)]).toEqual([`"${long}"`, `"${long}"`]);
    expect(made.filter((text) => text === long)).toHaveLength(2);
    for (let each = 0; each < 10_000; each += 1) quoted(`n${each}`);
    expect(quoted('a')).toBe('"a"');
    expect(made.filter((text) => text === 'a')).toHaveLength(2);
  });
});
