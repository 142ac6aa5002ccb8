import { createServer } from 'node:http';
import { connect } from 'node:net';
import { listen, listenHttp, newClient, post } from '../testing/upstream-server';

/** A forward proxy that notes what it is asked for. */
async function aProxy(): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((incoming, reply) => {
    asked.push(`${incoming.method} ${incoming.url} ${incoming.headers['proxy-authorization'] ?? ''}`.trim());
    reply.end('{"by":"proxy"}');
  });
  server.on('connect', (incoming, socket) => {
    asked.push(`CONNECT ${incoming.url}`);
    const { hostname, port } = new URL(`http://${incoming.url}`);
    const upstream = connect(Number(port), hostname, () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    }).on('error', () => socket.destroy());
  });
  return { url: `http://127.0.0.1:${await listen(server)}`, asked };
}

describe('a proxy in front of upstreams', () => {
  it('gets requests for http upstreams, with its credential', async () => {
    const { url, asked } = await aProxy();
    const httpProxy = url.replace('http://', 'http://user:pass@');
    const response = await newClient({ proxy: { httpProxy, noProxy: '' } }).send(post(1));
    expect((await response.readAll()).toString()).toBe('{"by":"proxy"}');
    expect(asked).toEqual([
      `POST http://127.0.0.1:1/v1/chat/completions?a=1 Basic ${Buffer.from('user:pass').toString('base64')}`,
    ]);
  });

  it('tunnels to https upstreams', async () => {
    const { url, asked } = await aProxy();
    const port = await listenHttp((_incoming, reply) => void reply.end());
    // The upstream speaks no TLS: the tunnel itself is what counts.
    await expect(newClient({ proxy: { httpsProxy: url, noProxy: '' } }).send(post(port, 'https'))).rejects.toThrow();
    expect(asked).toEqual([`CONNECT 127.0.0.1:${port}`]);
  });

  it.each(['127.0.0.1', '*', 'other.example,127.0.0.1'])('is not asked for hosts in NO_PROXY: %s', async (noProxy) => {
    const { url, asked } = await aProxy();
    const port = await listenHttp((_incoming, reply) => void reply.end('{"by":"upstream"}'));
    const response = await newClient({ proxy: { httpProxy: url, noProxy } }).send(post(port));
    expect((await response.readAll()).toString()).toBe('{"by":"upstream"}');
    expect(asked).toEqual([]);
  });

  it('that is away is a failure of the connection', async () => {
    const away = newClient({ proxy: { httpProxy: 'http://127.0.0.1:1', noProxy: '' } }).send(post(2));
    await expect(away).rejects.toMatchObject({ kind: 'connect' });
  });
});
