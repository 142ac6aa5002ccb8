import { createServer } from 'node:http';
import { createServer as createTcpServer, type Socket } from 'node:net';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { listen, listenHttp, listenTcp, newClient, options, post } from '../testing/upstream-server';
import { UpstreamClient } from './upstream-client';

const HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n';

describe('UpstreamClient', () => {
  it('sends the request unchanged and reads the response', async () => {
    const seen: unknown[] = [];
    const port = await listenHttp(async (incoming, reply) => {
      seen.push(
        incoming.method,
        incoming.url,
        incoming.headers['x-request-id'],
        Buffer.concat(await incoming.toArray()).toString(),
      );
      reply.writeHead(418, { 'x-told': 'yes' }).end('{"ok":true}');
    });
    const response = await newClient().send(post(port));
    expect(response.status).toBe(418);
    expect(response.headers['x-told']).toBe('yes');
    expect((await response.readAll()).toString()).toBe('{"ok":true}');
    expect(seen).toEqual(['POST', '/v1/chat/completions?a=1', 'r1', '{"é":1}']);
  });

  it('R21: says who it is, unless the request does', async () => {
    const seen: unknown[] = [];
    const port = await listenHttp(
      (incoming, reply) => void reply.end(seen.push(incoming.headers['user-agent']) ? '' : ''),
    );
    const client = newClient();
    const request = post(port);
    for (const headers of [request.headers, { ...request.headers, 'user-agent': 'own' }])
      await (await client.send({ ...request, headers })).readAll();
    expect(seen).toEqual(['thriftgate/1', 'own']);
  });

  it('reuses one connection', async () => {
    let connections = 0;
    const server = createServer((_incoming, reply) => reply.end('x'.repeat(100_000)));
    server.on('connection', () => (connections += 1));
    const port = await listen(server);
    const client = newClient();
    for (let call = 0; call < 5; call += 1) {
      expect(await (await client.send(post(port))).readAll()).toHaveLength(100_000);
      // undici frees a connection on the next turn of the event loop.
      await setImmediate();
    }
    expect(connections).toBe(1);
  });

  it('opens at most maxConnectionsPerOrigin connections', async () => {
    const port = await listenHttp((_incoming, reply) => setTimeout(() => reply.end('ok'), 50));
    const client = newClient({ maxConnectionsPerOrigin: 1 });
    const started = performance.now();
    await Promise.all([1, 2, 3].map(async () => (await client.send(post(port))).readAll()));
    expect(performance.now() - started).toBeGreaterThan(140);
  });

  it('follows no redirect', async () => {
    const port = await listenHttp((_incoming, reply) => reply.writeHead(307, { location: '/elsewhere' }).end());
    expect((await newClient().send(post(port))).status).toBe(307);
  });

  it('reports a refused connection as not sent', async () => {
    const server = createTcpServer();
    const port = await listen(server);
    await new Promise((resolve) => server.close(resolve));
    await expect(newClient().send(post(port))).rejects.toMatchObject({
      kind: 'connect',
      sent: false,
      message: /ECONNREFUSED/,
    });
  });

  it('times out connecting, TLS included', async () => {
    const port = await listenTcp(() => {});
    await expect(newClient().send(post(port, 'https'))).rejects.toMatchObject({ kind: 'connect', sent: false });
  });

  it('times out waiting for the first byte', async () => {
    const port = await listenHttp(() => {});
    const failure = { name: 'UpstreamTransportError', kind: 'first_byte_timeout', sent: true };
    await expect(newClient().send(post(port))).rejects.toMatchObject(failure);
  });

  it('times out an idle body after delivering its received bytes', async () => {
    const port = await listenHttp((_incoming, reply) => reply.writeHead(200).write('first'));
    const { body } = await newClient().send(post(port));
    const read: string[] = [];
    const reading = (async () => {
      for await (const bytes of body) read.push(Buffer.from(bytes).toString());
    })();
    await expect(reading).rejects.toMatchObject({ kind: 'idle_timeout', sent: true });
    expect(read).toEqual(['first']);
  });

  it.each([
    ['before the response', (socket: Socket) => socket.destroy()],
    ['before the response, by a reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('reports a closed connection %s', async (_when, cut) => {
    const port = await listenTcp((socket) => socket.once('data', () => cut(socket)));
    await expect(newClient().send(post(port))).rejects.toMatchObject({ kind: 'reset', sent: true });
  });

  it.each([
    ['content-length: 10\r\n\r\nhalf', (socket: Socket) => socket.end()],
    ['transfer-encoding: chunked\r\n\r\n4\r\nhalf\r\n', (socket: Socket) => socket.end()],
    ['transfer-encoding: chunked\r\nconnection: close\r\n\r\n4\r\nhalf\r\n', (socket: Socket) => socket.end()],
    ['content-length: 10\r\n\r\nhalf', (socket: Socket) => setTimeout(() => socket.resetAndDestroy(), 20)],
  ])('reports an incomplete body: %j', async (rest, cut) => {
    const port = await listenTcp((socket) =>
      socket.once('data', () => {
        socket.write(HEAD + rest);
        cut(socket);
      }),
    );
    const response = await newClient().send(post(port));
    await expect(response.readAll()).rejects.toMatchObject({ kind: 'reset', sent: true });
  });

  it('reads at most maxReplyBytes', async () => {
    const port = await listenHttp((_incoming, reply) => reply.end('x'.repeat(300_000)));
    const response = await newClient({ maxReplyBytes: 200_000 }).send(post(port));
    await expect(response.readAll()).rejects.toMatchObject({ kind: 'too_large' });
  });

  it.each([
    ['by the signal before headers', false, (controller: AbortController) => controller.abort()],
    ['by the signal in the body', true, (controller: AbortController) => controller.abort()],
    ['by abort()', true, (_controller: AbortController, abort: () => void) => abort()],
  ])('closes the upstream socket when cancelled %s', async (_how, withHeaders, cancel) => {
    const closed = deferred<void>();
    const arrived = deferred<void>();
    const port = await listenHttp((incoming, reply) => {
      incoming.socket.on('close', () => closed.resolve());
      if (withHeaders) reply.writeHead(200).write('x');
      arrived.resolve();
    });
    const controller = new AbortController();
    const sending = newClient().send(post(port), { signal: controller.signal });
    sending.catch(() => {});
    await arrived.promise;
    const response = withHeaders ? await sending : undefined;
    cancel(controller, () => response?.abort());
    await closed.promise;
    const outcome = response === undefined ? sending : response.readAll();
    await expect(outcome).rejects.toMatchObject({ kind: 'aborted', sent: true });
  });

  it('sends no request whose signal fired before or during the wait for a connection', async () => {
    let requests = 0;
    const port = await listenHttp((_incoming, reply) => {
      requests += 1;
      setTimeout(() => reply.end('ok'), 50);
    });
    const client = newClient({ maxConnectionsPerOrigin: 1 });
    const aborted = { kind: 'aborted', sent: false };
    await expect(client.send(post(port), { signal: AbortSignal.abort() })).rejects.toMatchObject(aborted);
    const first = client.send(post(port));
    await sleep(20);
    const controller = new AbortController();
    const second = client.send(post(port), { signal: controller.signal });
    controller.abort();
    await expect(second).rejects.toMatchObject(aborted);
    await (await first).readAll();
    await (await client.send(post(port))).readAll();
    expect(requests).toBe(2);
  });

  it('removes its signal listener when the response is read', async () => {
    const port = await listenHttp((_incoming, reply) => reply.end('ok'));
    const controller = new AbortController();
    const remove = jest.spyOn(controller.signal, 'removeEventListener');
    const response = await newClient().send(post(port), { signal: controller.signal });
    await response.readAll();
    expect(remove).toHaveBeenCalledTimes(1);
    controller.abort();
  });

  it('closes the socket when the reader leaves its loop', async () => {
    const closed = deferred<void>();
    const port = await listenHttp((incoming, reply) => {
      incoming.socket.on('close', () => closed.resolve());
      reply.writeHead(200).write('x');
    });
    const { body } = await newClient().send(post(port));
    for await (const bytes of body) {
      expect(bytes).toHaveLength(1);
      break;
    }
    await closed.promise;
  });

  it('pauses an upstream with an unread body, and reads the whole body later', async () => {
    const total = 40_000_000;
    let socket: Socket | undefined;
    const port = await listenTcp((accepted) => {
      socket = accepted.once('data', () => {
        accepted.write(`${HEAD}content-length: ${total}\r\n\r\n`);
        accepted.write(Buffer.alloc(total, 'x'));
      });
    });
    const before = process.memoryUsage().arrayBuffers;
    const { body } = await newClient({ idleTimeoutMs: 300 }).send(post(port));
    await sleep(900);
    expect(socket?.writableLength).toBeGreaterThan(20_000_000);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(total + 5_000_000);
    let read = 0;
    for await (const bytes of body) read += bytes.length;
    expect(read).toBe(total);
  });

  it('fails running requests when closed', async () => {
    const port = await listenHttp((_incoming, reply) => reply.writeHead(200).write('x'));
    const client = new UpstreamClient(options);
    const response = await client.send(post(port));
    await client.close();
    await expect(response.readAll()).rejects.toMatchObject({ name: 'UpstreamTransportError' });
    await expect(client.send(post(port))).rejects.toMatchObject({ kind: 'aborted', sent: false });
  });
});

function deferred<T>() {
  const settle: { resolve?: (value: T) => void } = {};
  const promise = new Promise<T>((resolve) => (settle.resolve = resolve));
  return { promise, resolve: (value: T) => settle.resolve?.(value) };
}
