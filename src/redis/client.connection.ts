import RedisSocket from '@redis/client/dist/lib/client/socket';
import { createClient, ErrorReply, type RedisClientOptions, type RedisClientType } from 'redis';
import type { RedisServers } from '../config/redis/redis-url';

export const CONNECT_TIMEOUT_MS = 1_000;

/**
 * The options of every client. No client reconnects by itself: after an invalid reply, a new client is opened.
 *
 * @param node where to connect; undefined if the node is set later
 */
export function clientOptions(servers: RedisServers, node?: { host: string; port: number }): RedisClientOptions {
  return {
    ...(servers.username !== undefined && { username: servers.username }),
    ...(servers.password !== undefined && { password: servers.password }),
    ...(servers.database > 0 && { database: servers.database }),
    disableOfflineQueue: true,
    socket: {
      ...node,
      connectTimeout: CONNECT_TIMEOUT_MS,
      reconnectStrategy: false,
      ...(servers.tls && { tls: true }),
    } as NonNullable<RedisClientOptions['socket']>,
  };
}

/**
 * Opens a client that is connected and replies in time.
 *
 * @param onLost called once, when its connection ends or sends an invalid reply
 * @throws Error when it does not connect or reply in time
 */
export async function openClient(
  options: RedisClientOptions,
  timeoutMs: number,
  onLost: (reason: string) => void,
): Promise<RedisClientType> {
  const client = createClient(options) as RedisClientType;
  let isOpen = false;
  const lost = (reason: string) => {
    if (isOpen) onLost(reason);
    isOpen = false;
  };
  client.on('error', (error: Error) => lost(error.message));
  client.on('end', () => lost('the connection was closed'));
  try {
    await within(CONNECT_TIMEOUT_MS * 1.5, client.connect());
    await within(timeoutMs, client.ping());
  } catch (error) {
    closeClient(client);
    throw error;
  }
  isOpen = true;
  return client;
}

/** Closes a client in any state. */
export function closeClient(client: Pick<RedisClientType, 'disconnect'> | undefined): void {
  void client?.disconnect().catch(() => undefined);
}

export function isErrorReply(error: unknown): boolean {
  return error instanceof ErrorReply;
}

/** @throws Error after a timeout in two halves: while this process itself is busy, only one half passes */
export async function within<T>(timeoutMs: number, reply: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    const late = () => reject(new Error('no answer in time'));
    timer = setTimeout(() => (timer = setTimeout(late, timeoutMs / 2)), timeoutMs / 2);
  });
  reply.catch(() => undefined);
  return Promise.race([reply, timeout]).finally(() => clearTimeout(timer));
}

/**
 * An invalid reply makes the client throw an error that no caller can catch, which would end the process. This patch ends
 * the connection instead.
 *
 * @see https://github.com/redis/node-redis/blob/%40redis%2Fclient%401.6.1/packages/client/lib/client/commands-queue.ts
 */
const { emit } = RedisSocket.prototype;
RedisSocket.prototype.emit = function (this: RedisSocket, event: string | symbol, ...args: unknown[]): boolean {
  if (event !== 'data') return emit.call(this, event, ...args);
  try {
    return emit.call(this, event, ...args);
  } catch (error) {
    emit.call(this, 'error', error);
    if (this.isOpen) this.disconnect();
    return true;
  }
};
