import { readTags, tagsHeader } from './tags';

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

  it.each<[string, unknown, string[]]>([
    ['C11: a list of texts', { tags: ['a', 'team b'] }, ['a', 'team b']],
    ['C11: a list beside other pairs', { job: 'nightly', tags: ['a', 'a', ''] }, ['job:nightly', 'a']],
    ['C11: an empty list', { tags: [] }, []],
    ['C11: a text, as OpenAI takes it', { tags: 'a' }, ['tags:a']],
  ])('of metadata with tags: %s', (_, metadata, tags) => expect(readTags(undefined, metadata)).toEqual(tags));

  it('C11: in the header and in the list are the same', () => {
    expect(readTags('a,b', { tags: ['b', 'c'] })).toEqual(['a', 'b', 'c']);
  });

  it.each<[string, unknown, string]>([
    ['R35: UTF-8', Buffer.from('검색, 요약').toString('latin1'), '검색, 요약'],
    ['R35: ASCII', 'search', 'search'],
    ['R35: two headers', [Buffer.from('검색').toString('latin1'), 'b'], '검색,b'],
  ])('are read from the bytes of the header: %s', (_, header, text) => {
    expect(tagsHeader({ 'x-gateway-tags': header as string })).toBe(text);
  });

  it('R35: are refused where the bytes of the header are no UTF-8', () => {
    const cp949 = Buffer.from([0xb0, 0xcb, 0xbb, 0xf6]).toString('latin1');
    expect(() => tagsHeader({ 'x-gateway-tags': cp949 })).toThrow(naming('x-gateway-tags', 'UTF-8'));
    expect(tagsHeader({})).toBeUndefined();
  });

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
    [
      'C11: too many tags in the list',
      undefined,
      { tags: Array.from({ length: 17 }, (_, i) => `${i}`) },
      'metadata.tags',
    ],
    ['C11: a tag that is too long', undefined, { tags: ['x'.repeat(65)] }, 'metadata.tags'],
    ['C11: a tag that is no text', undefined, { tags: ['a', 1] }, 'metadata.tags'],
    ['C11: another list', undefined, { labels: ['a'] }, 'metadata.labels'],
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
