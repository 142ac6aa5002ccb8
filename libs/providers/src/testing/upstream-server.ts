import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net';
import { afterEach } from '@jest/globals';
import { UpstreamClient, type UpstreamClientOptions } from '../transport/upstream-client';
import type { UpstreamRequest } from '../translator';

export const options = {
  connectTimeoutMs: 500,
  firstByteTimeoutMs: 400,
  totalTimeoutMs: 600_000,
  idleTimeoutMs: 400,
  maxConnectionsPerOrigin: 4,
  maxReplyBytes: 1_000_000,
  userAgent: 'thriftgate/1',
};

const cleanups: (() => Promise<unknown>)[] = [];
/** Closes what the test opened. */
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

export async function listen(server: Server | TcpServer): Promise<number> {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => sockets.add(socket.on('error', () => {})));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanups.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return port;
}

export const listenHttp = (listener: RequestListener): Promise<number> => listen(createServer(listener));
export const listenTcp = (listener: (socket: Socket) => void): Promise<number> => listen(createTcpServer(listener));

export function newClient(changes: Partial<UpstreamClientOptions> = {}): UpstreamClient {
  const client = new UpstreamClient({ ...options, ...changes });
  cleanups.push(() => client.close());
  return client;
}

export function post(port: number, scheme = 'http'): UpstreamRequest {
  const url = `${scheme}://127.0.0.1:${port}/v1/chat/completions?a=1`;
  return {
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', 'x-request-id': 'r1' },
    body: '{"é":1}',
    dropped: [],
  };
}
