import { RedisAwayError, type RedisConnection } from '../../../redis/redis.connection';

/** The few commands of Redis that the store of answers uses, over maps. */
export class FakeRedis {
  away = false;
  readonly values = new Map<string, { text: string; ttlMs: number | undefined }>();
  readonly sortedSets = new Map<string, Map<string, number>>();
  readonly sets = new Map<string, Set<string>>();

  /** The connection that stores are built on. */
  connection(): RedisConnection {
    const client = this.client();
    const run = <T>(command: (commands: typeof client) => Promise<T>): Promise<T> =>
      this.away ? Promise.reject(new RedisAwayError('Redis is away')) : command(client);
    return { client, run, isReady: true, isConfigured: true } as unknown as RedisConnection;
  }

  private client() {
    const sorted = (key: string) => this.sortedSets.get(key) ?? new Map<string, number>();
    return {
      get: (key: string) => Promise.resolve(this.values.get(key)?.text ?? null),
      set: (key: string, text: string, options?: { PX?: number }) =>
        Promise.resolve(void this.values.set(key, { text, ttlMs: options?.PX })),
      exists: (key: string) => Promise.resolve(this.values.has(key) ? 1 : 0),
      unlink: (keys: string | string[]) =>
        Promise.resolve([keys].flat().filter((key) => this.values.delete(key)).length),
      zAdd: (key: string, { score, value }: { score: number; value: string }) =>
        Promise.resolve(void this.sortedSets.set(key, sorted(key).set(value, score))),
      zRange: (key: string, from: number, to: number) => Promise.resolve([...sorted(key).keys()].slice(from, to + 1)),
      zScan: (key: string) =>
        Promise.resolve({ cursor: 0, members: [...sorted(key)].map(([value, score]) => ({ value, score })) }),
      zRem: (key: string, members: string | string[]) =>
        Promise.resolve([members].flat().filter((member) => sorted(key).delete(member)).length),
      zCount: (key: string, least: number) =>
        Promise.resolve([...sorted(key).values()].filter((score) => score >= least).length),
      zRemRangeByScore: (key: string, _: string, most: number) =>
        Promise.resolve(void this.sortedSets.set(key, new Map([...sorted(key)].filter(([, s]) => s > most)))),
      sAdd: (key: string, member: string) =>
        Promise.resolve(void this.sets.set(key, (this.sets.get(key) ?? new Set()).add(member))),
      sRem: (key: string, member: string) => Promise.resolve(this.sets.get(key)?.delete(member)),
      sMembers: (key: string) => Promise.resolve([...(this.sets.get(key) ?? [])]),
    };
  }
}
