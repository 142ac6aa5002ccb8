import { providerHeaders } from '@thriftgate/contracts';
import { withQuery } from './provider-extras';

describe('C8: headers of a provider', () => {
  it('have names in lower case', () => {
    expect(providerHeaders.parse({ 'Api-Key': 'a b', 'HTTP-Referer': 'https://x' })).toEqual({
      'api-key': 'a b',
      'http-referer': 'https://x',
    });
  });

  it.each([
    [{ Host: 'x' }, 'is a header that the gateway sets itself'],
    [{ 'Content-Length': '1' }, 'is a header that the gateway sets itself'],
    [{ 'Transfer-Encoding': 'chunked' }, 'is a header that the gateway sets itself'],
    [{ 'a b': 'x' }, 'must be the name of a header'],
    [{ '': 'x' }, 'must be the name of a header'],
    [{ a: 'x\r\nb: y' }, 'must be visible ASCII characters, not empty'],
    [{ a: '' }, 'must be visible ASCII characters, not empty'],
    [{ a: '키' }, 'must be visible ASCII characters, not empty'],
  ])('are not %j', (headers, problem) => {
    expect(JSON.stringify(providerHeaders.safeParse(headers).error?.issues)).toContain(problem);
  });
});

describe('C8: the query of a provider', () => {
  it.each([
    ['https://a/v1', { 'api-version': '2026-01-01' }, 'https://a/v1?api-version=2026-01-01'],
    ['https://a/v1?x=1&api-version=old', { 'api-version': 'new' }, 'https://a/v1?x=1&api-version=new'],
    ['https://a/v1', { 'a b': '&=?' }, 'https://a/v1?a+b=%26%3D%3F'],
    ['https://a/v1?x=1', {}, 'https://a/v1?x=1'],
  ])('%s with %j', (url, query, expected) => expect(withQuery(url, query)).toBe(expected));
});
