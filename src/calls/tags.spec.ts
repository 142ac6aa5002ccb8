import { readTags } from './tags';

const naming = (param: string | null, ...words: string[]) =>
  expect.objectContaining({
    code: 'invalid_request',
    status: 400,
    param,
    message: expect.stringContaining(words[0] ?? param ?? '') as string,
  }) as Error;

describe('tags', () => {
  it.each([
    [undefined, undefined, []],
    ['', null, []],
    [' , ,', {}, []],
    [' nightly , team a ', undefined, ['nightly', 'team a']],
    ['a,a,b', { a: 'a' }, ['a', 'b', 'a:a']],
    [undefined, { user: '', url: 'http://x' }, ['user:', 'url:http://x']],
    ['한국어', undefined, ['한국어']],
  ])('of %j and %j are %j', (header, metadata, tags) => expect(readTags(header, metadata)).toEqual(tags));

  it('are as many and as long as they may be', () => {
    const header = Array.from({ length: 16 }, (_, index) => `${index}`.padEnd(64, 'x')).join(',');
    const metadata = Object.fromEntries(
      Array.from({ length: 16 }, (_, index) => [`${index}`.padEnd(64, 'k'), 'v'.repeat(512)]),
    );
    expect(readTags(header, metadata)).toHaveLength(32);
  });

  it.each([
    ['too many', Array(17).fill('a').join(','), undefined, 'x-gateway-tags'],
    ['too long', 'x'.repeat(65), undefined, 'x-gateway-tags'],
    ['metadata that is a text', undefined, 'a:b', 'metadata'],
    ['metadata that is an array', undefined, ['a'], 'metadata'],
    ['too many pairs', undefined, Object.fromEntries(Array.from({ length: 17 }, (_, i) => [i, ''])), 'metadata'],
    ['a number', undefined, { run: 7 }, 'metadata.run'],
    ['a value that is too long', undefined, { run: 'x'.repeat(513) }, 'metadata.run'],
  ])('are refused by name: %s', (_, header, metadata, param) => {
    expect(() => readTags(header, metadata)).toThrow(naming(param));
  });

  it('have names of 64 characters at most, and the error does not repeat a longer one', () => {
    const long = { ['x'.repeat(65)]: 'v' };
    expect(() => readTags(undefined, long)).toThrow(naming('metadata', '64 characters'));
  });
});
