import { readRedisUrl } from './redis-url';

const server = { username: undefined, password: undefined, tls: false, database: 0 };
const node = (host: string, port = 6379) => ({ host, port });

describe('a Redis URL', () => {
  it.each([
    ['redis://cache', { ...server, isCluster: false, nodes: [node('cache')] }],
    ['redis://[::1]:7000/3', { ...server, isCluster: false, nodes: [node('::1', 7000)], database: 3 }],
    ['rediss://u:p%40,@cache:1', undefined],
    [
      'rediss://u:p%40%2C@cache:1',
      { isCluster: false, nodes: [node('cache', 1)], username: 'u', password: 'p@,', tls: true, database: 0 },
    ],
    ['redis+cluster://cache:1', { ...server, isCluster: true, nodes: [node('cache', 1)] }],
    ['rediss+cluster://cache', { ...server, tls: true, isCluster: true, nodes: [node('cache')] }],
    [
      'redis://a:1, redis://b:2,redis://c',
      { ...server, isCluster: true, nodes: [node('a', 1), node('b', 2), node('c')] },
    ],
    [
      'redis+cluster://:s@a,redis+cluster://b',
      { ...server, password: 's', isCluster: true, nodes: [node('a'), node('b')] },
    ],
  ])('%s is accepted', (url, expected) => {
    if (expected) expect(readRedisUrl(url)).toEqual(expected);
    else expect(() => readRedisUrl(url)).toThrow('commas');
  });

  it.each([
    ['cache:6379', 'must be a URL'],
    ['http://cache', 'must be a URL'],
    ['redis://a,', 'must be a URL'],
    ['redis://a,rediss://b', 'must be a URL'],
    ['redis://a/one', 'number of a database'],
    ['redis+cluster://a/1', 'only number 0'],
    ['redis://a,redis://b/2', 'only number 0'],
  ])('%s is refused with a helpful message', (url, message) => {
    expect(() => readRedisUrl(url)).toThrow(message);
  });
});
