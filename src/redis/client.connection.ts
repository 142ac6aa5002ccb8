import RedisSocket from '@redis/client/dist/lib/client/socket';
import { createClient, ErrorReply, type RedisClientOptions, type RedisClientType } from 'redis';
import type { RedisServers } from '../config/redis/redis-url';

export const CONNECT_TIMEOUT_MS = 1_000;

/**
 * What every client is given. None reconnects by itself: what comes after a broken reply starts on a new client.
 *
 * @param node where to connect, left out where that is found later
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
 * A client that is connected and answers in time.
 *
 * @param onLost called once, when its connection is gone or brings what is no reply
 * @throws Error where there is none
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

/** Closes a client in whatever state it is. */
export function closeClient(client: Pick<RedisClientType, 'disconnect'> | undefined): void {
  void client?.disconnect().catch(() => undefined);
}

export function isErrorReply(error: unknown): boolean {
  return error instanceof ErrorReply;
}

/** @throws Error when an answer takes too long. In two halves: a turn in which this process itself is busy uses up one. */
export async function within<T>(timeoutMs: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    const late = () => reject(new Error('no answer in time'));
    timer = setTimeout(() => (timer = setTimeout(late, timeoutMs / 2)), timeoutMs / 2);
  });
  answer.catch(() => undefined);
  return Promise.race([answer, timeout]).finally(() => clearTimeout(timer));
}

/**
 * What is no reply of Redis makes the client throw where nobody can catch it, which would end the process. Here it ends the
 * connection.
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
