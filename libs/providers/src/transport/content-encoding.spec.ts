import { brotliCompressSync, createGzip, deflateSync, gzipSync } from 'node:zlib';
import { listenHttp, newClient, post } from '../testing/upstream-server';

describe('a compressed body', () => {
  const text = '{"error":"안녕"}';
  it.each([
    ['gzip', gzipSync(text), 200],
    ['gzip', gzipSync(text), 429],
    ['x-gzip', gzipSync(text), 200],
    ['br', brotliCompressSync(text), 200],
    ['deflate', deflateSync(text), 200],
    ['GZIP', gzipSync(text), 200],
    ['gzip, br', brotliCompressSync(gzipSync(text)), 200],
    ['identity', Buffer.from(text), 200],
  ])('R06: unpacks %s, status %i', async (encoding, bytes, status) => {
    const headers = { 'content-encoding': encoding, 'content-length': bytes.length };
    const port = await listenHttp((_incoming, reply) => reply.writeHead(status, headers).end(bytes));
    const response = await newClient().send(post(port));
    expect([response.status, String(await response.readAll())]).toEqual([status, text]);
  });

  it('R06: unpacks a stream as it comes', async () => {
    const gzip = createGzip();
    const port = await listenHttp((_incoming, reply) => {
      reply.writeHead(200, { 'content-type': 'text/event-stream', 'content-encoding': 'gzip' });
      gzip.pipe(reply);
      gzip.write('data: 1\n\n');
      gzip.flush();
    });
    const response = await newClient().send(post(port));
    const body = response.body[Symbol.asyncIterator]();
    expect(String((await body.next()).value)).toBe('data: 1\n\n');
    gzip.end('data: 2\n\n');
    expect(String((await body.next()).value)).toBe('data: 2\n\n');
    expect((await body.next()).done).toBe(true);
  });

  it('R06: stops at what is unpacked to more than the limit', async () => {
    const bytes = gzipSync(Buffer.alloc(50_000_000));
    const port = await listenHttp((_incoming, reply) =>
      reply.writeHead(200, { 'content-encoding': 'gzip' }).end(bytes),
    );
    const response = await newClient().send(post(port));
    await expect(response.readAll()).rejects.toMatchObject({ kind: 'too_large', sent: true });
  });

  it.each([
    ['cut', 'gzip', gzipSync('x'.repeat(1000)).subarray(0, 20), 'reset'],
    ['not packed', 'gzip', Buffer.from('plain'), 'undecodable'],
    ['not packed', 'br', Buffer.from('{"plain":"text"}'), 'undecodable'],
    ['not packed', 'deflate', Buffer.from('{"plain":"text"}'), 'undecodable'],
  ])('R06: fails where the bytes are %s, as %s', async (_, encoding, bytes, kind) => {
    const port = await listenHttp((_incoming, reply) =>
      reply.writeHead(200, { 'content-encoding': encoding }).end(bytes),
    );
    const response = await newClient().send(post(port));
    await expect(response.readAll()).rejects.toMatchObject({ kind, sent: true });
  });
});
