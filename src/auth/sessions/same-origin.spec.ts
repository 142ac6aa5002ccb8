import type { FastifyRequest } from 'fastify';
import { requireSameOrigin } from './same-origin';

const PUBLIC_URL = 'https://llm.example.com';
const from = (method: string, headers: Record<string, string>) =>
  ({ method, headers: { host: 'llm.example.com', ...headers } }) as Pick<
    FastifyRequest,
    'method' | 'headers'
  > as FastifyRequest;

describe('a change with a session', () => {
  it.each([
    [{}],
    [{ 'sec-fetch-site': 'same-origin', origin: PUBLIC_URL, 'content-type': 'application/json' }],
    [{ origin: PUBLIC_URL, 'content-type': 'application/json; charset=utf-8' }],
    [{ 'content-type': 'multipart/form-data; boundary=x', 'x-requested-with': 'thriftgate' }],
  ])('is taken from own pages: %j', (headers) => {
    expect(() => requireSameOrigin(from('POST', headers), PUBLIC_URL)).not.toThrow();
  });

  it.each([
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'sec-fetch-site': 'same-site' }],
    [{ 'sec-fetch-site': 'none' }],
    [{ origin: 'https://evil.example' }],
    [{ origin: 'https://llm.example.com.evil.example' }],
    [{ origin: 'http://llm.example.com' }],
    [{ origin: 'null' }],
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': 'application/x-www-form-urlencoded' }],
    [{ 'content-type': 'application/jsonx' }],
    [{ 'content-type': 'multipart/form-data; boundary=x' }],
  ])('is refused from elsewhere: %j', (headers) => {
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
      expect(() => requireSameOrigin(from(method, headers), PUBLIC_URL)).toThrow(/gateway's own pages/);
  });

  it('is compared with the host where the operator names no address', () => {
    const local = { host: '127.0.0.1:3000', origin: 'http://127.0.0.1:3000' };
    expect(() => requireSameOrigin(from('POST', local), undefined)).not.toThrow();
    expect(() => requireSameOrigin(from('POST', { ...local, origin: 'http://127.0.0.1:3001' }), undefined)).toThrow();
    // With an address the Host header, which a proxy may pass on from any client, is not believed.
    expect(() =>
      requireSameOrigin(from('POST', { host: 'evil.example', origin: 'https://evil.example' }), PUBLIC_URL),
    ).toThrow();
  });

  it('is no reading', () => {
    expect(() => requireSameOrigin(from('GET', { 'sec-fetch-site': 'cross-site' }), PUBLIC_URL)).not.toThrow();
  });
});
