import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@nestjs/common';
import { Breaker } from './breaker';
import { RedisAwayError, RedisRefusedError } from './redis-errors';

const never = () => new Promise<never>(() => undefined);

class Reply extends Error {}

/** A server that the test can make unreachable. */
class Server {
  readonly server = 'redis:6379';
  away = false;
  restored = 0;
  abandoned = 0;
  ping = () => Promise.resolve('PONG');
  isReply = (error: unknown) => error instanceof Reply;
  restore = () => {
    this.restored += 1;
    return this.away ? Promise.reject(new Error('refused')) : Promise.resolve();
  };
  abandon = () => void (this.abandoned += 1);
}

describe('the breaker of Redis', () => {
  let server: Server;
  let breaker: Breaker;
  const logger = { warn: jest.fn(), log: jest.fn() };
  const lines = () => [logger.warn.mock.calls.length, logger.log.mock.calls.length];
  const open = (timeoutMs = 40) => (breaker = new Breaker(server, timeoutMs, logger as unknown as Logger).start(true));

  beforeEach(() => {
    server = new Server();
    jest.clearAllMocks();
  });
  afterEach(() => breaker.stop());

  it('ends all waiting commands at the first timeout, and sends none after it', async () => {
    open();
    server.away = true;
    const command = jest.fn(never);
    const waiting = Promise.allSettled(Array.from({ length: 500 }, () => breaker.run(command)));
    await delay(15);
    const late = breaker.run(command);
    await expect(late).rejects.toThrow(RedisAwayError);
    expect((await waiting).every(({ status }) => status === 'rejected')).toBe(true);
    for (let call = 0; call < 100; call += 1) await expect(breaker.run(command)).rejects.toThrow('away');
    expect(command).toHaveBeenCalledTimes(501);
    expect(server.abandoned).toBe(1);
  });

  it('logs once that the server is away and once that it is back, for any number of commands', async () => {
    open();
    server.away = true;
    await Promise.allSettled(Array.from({ length: 100 }, () => breaker.run(never)));
    await delay(300);
    expect(lines()).toEqual([1, 0]);
    server.away = false;
    while (!breaker.isClosed) {
      await breaker.run(never).catch(() => undefined);
      await delay(5);
    }
    expect(lines()).toEqual([1, 1]);
    expect(await breaker.run(() => Promise.resolve(1))).toBe(1);
  });

  it('does not log a connection that is lost and restored at once', async () => {
    open();
    breaker.trip('ECONNRESET');
    expect(breaker.isClosed).toBe(false);
    await delay(20);
    expect([breaker.isClosed, server.restored, ...lines()]).toEqual([true, 1, 0, 0]);
  });

  it('probes a server that is away repeatedly less often, and logs it', async () => {
    open();
    for (let turn = 0; turn < 4; turn += 1) {
      breaker.trip('slow');
      const at = performance.now();
      while (!breaker.isClosed) await delay(5);
      if (turn === 3) expect(performance.now() - at).toBeGreaterThan(300);
    }
    expect(lines()).toEqual([1, 1]);
  });

  it('stays closed when the server replies with an error', async () => {
    open();
    for (let call = 0; call < 10; call += 1)
      await expect(breaker.run(() => Promise.reject(new Reply('OOM command not allowed')))).rejects.toMatchObject({
        name: 'RedisRefusedError',
        isFull: true,
      });
    await expect(breaker.run(() => Promise.reject(new Reply('WRONGTYPE')))).rejects.toThrow(RedisRefusedError);
    expect([breaker.isClosed, server.abandoned]).toEqual([true, 0]);
  });

  it('stays closed when this process is busy', async () => {
    open(40);
    const reply = breaker.run(() => delay(60, 'there'));
    for (let turn = 0; turn < 3; turn += 1) {
      const until = performance.now() + 60;
      while (performance.now() < until);
      await new Promise(setImmediate);
    }
    expect(await reply).toBe('there');
    expect(breaker.isClosed).toBe(true);
  });
});
