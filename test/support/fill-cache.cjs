/**
 * Fills the response store and prints the memory that it took: `node --expose-gc fill-cache.cjs <redis url> <entries> <memory bytes>`.
 * A separate program, so that the memory of the tests does not count.
 */
const { RedisConnection } = require('../../dist/src/redis/redis.connection.js');
const { ResponseCacheStore } = require('../../dist/src/cache/store/response-cache.store.js');

const [redisUrl, entries, memoryBytes] = process.argv.slice(2);
const AT_ONCE = 200;
const TIMEOUT_MS = 10_000;
const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const taken = async () => {
  // The memory of freed buffers is returned after some time.
  for (let round = 0; round < 4; round += 1) {
    global.gc();
    await pause(200);
  }
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
const answer = (number) => ({
  body: Buffer.from(JSON.stringify({ id: `chatcmpl-${number}`, text: 'x'.repeat(number % 700), cached: true })),
  usage: { inputTokens: number, cachedInputTokens: 0, outputTokens: 2, reasoningTokens: 0 },
  listCostPusd: 123_456_789n + BigInt(number),
  provider: `openai-${number % 3}`,
  upstreamModel: `gpt-4.1-2025-04-${number}`,
  systemFingerprint: `fp_${number}`,
  createdAt: Date.now(),
  ttlSeconds: 3600,
  teamId: `team_${number}`,
  tags: [`tag-${number}`, `customer-${number}`],
  askedAt: Date.now(),
  rulesSeen: 0,
});
const keyOf = (number) => `ai_cache:team_${number % 50}:gpt-4.1:1:${String(number).padStart(64, '0')}`;

async function main() {
  const redis = RedisConnection.open({ redisUrl, redisTimeoutMs: TIMEOUT_MS });
  while (!redis.isReady) await pause(10);
  let store = new ResponseCacheStore({ cache: { memoryBytes: Number(memoryBytes), ttlSeconds: 3600 } }, redis);
  const evicted = { answers: 0 };
  store.onEvicted(() => (evicted.answers += 1));
  for (let number = 0; number < Number(entries); number += AT_ONCE) {
    const numbers = Array.from({ length: AT_ONCE }, (_, index) => number + index);
    await Promise.all(numbers.map((each) => store.set(keyOf(each), answer(each))));
  }
  const [count] = await store.count();
  const hits = { found: 0, wrong: 0 };
  for (let number = 0; number < Number(entries); number += Math.max(1, Math.floor(Number(entries) / 2_000))) {
    const found = await store.get(keyOf(number));
    if (!found) continue;
    hits.found += 1;
    if (found.upstreamModel !== `gpt-4.1-2025-04-${number}`) hits.wrong += 1;
  }
  const full = await taken();
  store = undefined;
  const takenBytes = full - (await taken());
  redis.onApplicationShutdown();
  process.stdout.write(JSON.stringify({ takenBytes, evicted: evicted.answers, count, hits }));
}

void main();
