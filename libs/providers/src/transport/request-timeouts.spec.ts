import { listenHttp, listenTcp, newClient, post } from '../testing/upstream-server';

const headers = { 'content-type': 'application/json' };

describe('the time-outs of one request', () => {
  it('limit the time to the headers', async () => {
    const port = await listenHttp(() => undefined);
    const sent = newClient().send(post(port), { timeouts: { firstByteTimeoutMs: 200 } });
    await expect(sent).rejects.toMatchObject({ kind: 'first_byte_timeout', sent: true });
  });

  it('limit the time between two chunks', async () => {
    const port = await listenHttp((_incoming, reply) => void reply.writeHead(200, headers).write('{'));
    const response = await newClient().send(post(port), { timeouts: { idleTimeoutMs: 200 } });
    await expect(response.readAll()).rejects.toMatchObject({ kind: 'idle_timeout' });
  });

  it('limit the whole time, also of a body that never stops', async () => {
    const port = await listenHttp((_incoming, reply) => {
      reply.writeHead(200, headers);
      const drip = setInterval(() => reply.write('x'), 20);
      reply.once('close', () => clearInterval(drip));
    });
    const response = await newClient().send(post(port), { timeouts: { totalTimeoutMs: 300 } });
    await expect(response.readAll()).rejects.toMatchObject({ kind: 'total_timeout', sent: true });
    const silent = await listenHttp(() => undefined);
    const unanswered = newClient({ totalTimeoutMs: 200 }).send(post(silent));
    await expect(unanswered).rejects.toMatchObject({ kind: 'total_timeout' });
  });

  it('limit the time to a connection, also while all connections are in use', async () => {
    const port = await listenHttp((incoming, reply) => void (incoming.url?.includes('a=1') || reply.end()));
    const client = newClient({ maxConnectionsPerOrigin: 1 });
    const first = client.send(post(port)).catch(() => undefined);
    const second = client.send(post(port), { timeouts: { connectTimeoutMs: 200 } });
    await expect(second).rejects.toMatchObject({ kind: 'connect', sent: false });
    await client.close();
    await first;
  });

  it('leave a request alone that is done in time', async () => {
    const port = await listenTcp((socket) =>
      socket.once('data', () => void socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}')),
    );
    const timeouts = { connectTimeoutMs: 1_000, firstByteTimeoutMs: 1_000, idleTimeoutMs: 1_000, totalTimeoutMs: 300 };
    const response = await newClient().send(post(port), { timeouts });
    expect((await response.readAll()).toString()).toBe('{}');
    await new Promise((resolve) => setTimeout(resolve, 400));
  });
});
