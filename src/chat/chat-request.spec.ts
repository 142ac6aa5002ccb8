import { checkChatBody, readTags } from './chat-request';

const messages = [{ role: 'user', content: 'Hello' }];
const naming = (param: string | null, ...words: string[]) =>
  expect.objectContaining({
    code: 'invalid_request',
    status: 400,
    param,
    message: expect.stringContaining(words[0] ?? param ?? '') as string,
  }) as Error;

describe('a chat request', () => {
  it.each([
    { model: 'm', messages },
    { model: 'm', messages, stream: null, stream_options: null },
    { model: 'm', messages, stream: true, stream_options: { include_usage: true, new_member: 1 } },
    { model: 'm', messages: [{ role: 'tool', tool_call_id: 'x', content: [] }, { role: 'a new one' }] },
    { model: 'm', messages, temperature: 'hot', n: -1, brand_new: { deep: [1] } },
  ])('is passed on as it is: %j', (body) => expect(checkChatBody(body)).toBe(body));

  it.each([
    [undefined, null, 'JSON object'],
    [null, null, 'JSON object'],
    ['text', null, 'JSON object'],
    [[], null, 'JSON object'],
    [{ messages }, 'model', 'is required'],
    [{ model: '', messages }, 'model', 'is required'],
    [{ model: ['m'], messages }, 'model', 'is required'],
    [{ model: 'm' }, 'messages', 'is required'],
    [{ model: 'm', messages: [] }, 'messages', 'at least one'],
    [{ model: 'm', messages: { role: 'user' } }, 'messages', 'array'],
    [{ model: 'm', messages: ['Hello'] }, 'messages.0', "'messages.0'"],
    [{ model: 'm', messages: [...messages, null] }, 'messages.1', 'object'],
    [{ model: 'm', messages: [[]] }, 'messages.0', 'object'],
    [{ model: 'm', messages: [...messages, { content: 'x' }] }, 'messages.1.role', "'messages.1.role'"],
    [{ model: 'm', messages: [{ role: '' }] }, 'messages.0.role', 'is required'],
    [{ model: 'm', messages, stream: 'true' }, 'stream', 'true or false'],
    [{ model: 'm', messages, stream: 1 }, 'stream', 'true or false'],
    [{ model: 'm', messages, stream_options: true }, 'stream_options', 'object'],
    [{ model: 'm', messages, stream_options: [] }, 'stream_options', 'object'],
  ])('%j is refused by name', (body, param, words) => {
    expect(() => checkChatBody(body)).toThrow(naming(param, words));
  });
});

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
