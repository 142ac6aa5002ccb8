import { commandOptions, type RedisClientType, type RedisClusterType } from 'redis';
import { readFrame } from './answer-frame';
import type { CacheEntry } from './cache-entry';

const AS_BYTES = commandOptions({ returnBuffers: true });

/** Reads stored responses in one round trip; in a cluster, whose keys are on different nodes, in one for each at the same time. */
export async function readFrames(
  client: RedisClientType | RedisClusterType,
  isCluster: boolean,
  keys: readonly string[],
): Promise<(CacheEntry | undefined)[]> {
  const frames =
    isCluster || keys.length === 1
      ? await Promise.all(keys.map((key) => (client as RedisClientType).get(AS_BYTES, key)))
      : await (client as RedisClientType).mGet(AS_BYTES, [...keys]);
  return Promise.all(keys.map((key, at) => entryOf(key, frames[at] ?? null)));
}

async function entryOf(key: string, frame: Buffer | null): Promise<CacheEntry | undefined> {
  return frame === null ? undefined : readFrame(key, frame);
}
