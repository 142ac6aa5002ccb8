import type { RedisConnection } from '../../redis/redis.connection';
import { modelOfKey } from '../key/cache-key';

/** How many responses of a generation of a model are stored. */
export interface KeyCount {
  model: string;
  generation: number;
  keys: number;
  /** Their size where they are stored: of the frames in Redis, else of the bodies in memory. */
  bytes: number;
}

/** What the responses of a generation of a model take of memory. */
export interface GenerationBytes {
  model: string;
  generation: number;
  bytes: number;
}

/** Sizes are stored in steps of so many bytes: with smaller steps a score cannot hold both seconds since 1970 and a size. */
const SIZE_STEP = 8;
const SIZE_SCALE = 2 ** 24;
const TRIMMED_AT_ONCE = 100;
const PAGE = 500;
const INDEX_OF_INDEXES = 'ai_cache_index';

/**
 * The index of a generation is a sorted set of its cache keys. A score is the second in which the response expires, with the
 * size as the fraction. A second key has the sum of all sizes, so that a count does not read the set.
 */
const PRELUDE = `
local change = 0
local function size(score) return (tonumber(score) % 1) * ${SIZE_SCALE} end
local function forget(key, score)
  change = change - size(score)
  redis.call('zrem', KEYS[1], key)
end
local function trim(now, most)
  local over = redis.call('zrangebyscore', KEYS[1], '-inf', '(' .. now, 'withscores', 'limit', 0, most)
  for at = 1, #over, 2 do forget(over[at], over[at + 1]) end
  return #over / 2
end
-- Not fatal: a full Redis refuses the sum, and still removes the keys.
local function add_up() if change ~= 0 then redis.pcall('incrby', KEYS[2], string.format('%d', change)) end end
`;
const ADD = `${PRELUDE}
local old = redis.call('zscore', KEYS[1], ARGV[1])
change = size(ARGV[2]) - (old and size(old) or 0)
redis.call('zadd', KEYS[1], ARGV[2], ARGV[1])
trim(ARGV[3], ${TRIMMED_AT_ONCE})
add_up()
for _, key in ipairs(KEYS) do
  if redis.call('pttl', key) < tonumber(ARGV[4]) then redis.call('pexpire', key, ARGV[4]) end
end`;
const FORGET = `${PRELUDE}
for _, key in ipairs(ARGV) do
  local score = redis.call('zscore', KEYS[1], key)
  if score then forget(key, score) end
end
add_up()`;
/** Returns {keys, bytes, number of expired keys that were removed}. */
const TALLY = `${PRELUDE}
local trimmed = trim(ARGV[1], ${TRIMMED_AT_ONCE * 10})
add_up()
return {redis.call('zcard', KEYS[1]), tonumber(redis.call('get', KEYS[2]) or 0), trimmed}`;

/** The keys of all responses in Redis by generation, so that a count does not scan the whole database. */
export class AnswerIndexStore {
  constructor(private readonly redis: RedisConnection) {}

  /** Adds the key of a response with its size. @throws RedisAwayError */
  async add(key: string, expiresAtMs: number, bytes: number): Promise<void> {
    const { model, generation } = modelOfKey(key);
    const second = Math.ceil(expiresAtMs / 1000);
    const score = second + (Math.ceil(bytes / SIZE_STEP) * SIZE_STEP) / SIZE_SCALE;
    const livesMs = Math.max(1_000, second * 1000 - Date.now());
    const args = [key, String(score), String(nextSecond()), String(Math.ceil(livesMs))];
    await this.redis.run((client) =>
      Promise.all([
        client.eval(ADD, { keys: keysOf(model, generation), arguments: args }),
        client.sAdd(INDEX_OF_INDEXES, nameOf(model, generation)),
      ]),
    );
  }

  /** Removes keys from the indexes of their generations. @throws RedisAwayError */
  async forget(keys: readonly string[]): Promise<void> {
    const groups = new Map<string, string[]>();
    for (const key of keys) {
      const { model, generation } = modelOfKey(key);
      const name = nameOf(model, generation);
      groups.set(name, [...(groups.get(name) ?? []), key]);
    }
    await this.redis.run((client) =>
      Promise.all(
        [...groups].map(([name, group]) => {
          const { model, generation } = parseName(name);
          return client.eval(FORGET, { keys: keysOf(model, generation), arguments: group });
        }),
      ),
    );
  }

  /** The live responses of each generation. @throws RedisAwayError */
  async count(): Promise<KeyCount[]> {
    const names = await this.redis.run((client) => client.sMembers(INDEX_OF_INDEXES));
    return Promise.all(names.map((name) => this.countOne(name)));
  }

  /** The keys of a generation's live responses. @throws RedisAwayError */
  async liveKeys(model: string, generation: number): Promise<Set<string>> {
    const [index] = keysOf(model, generation);
    const found = new Set<string>();
    for (let cursor = 0; ;) {
      const page = await this.redis.run((client) => client.zScan(index, cursor, { COUNT: PAGE }));
      for (const { value, score } of page.members) if (score >= nextSecond()) found.add(value);
      if (page.cursor === 0) return found;
      cursor = page.cursor;
    }
  }

  /** The next keys of a generation that is being removed. @throws RedisAwayError */
  firstKeys(model: string, generation: number): Promise<string[]> {
    const [index] = keysOf(model, generation);
    return this.redis.run((client) => client.zRange(index, 0, PAGE - 1));
  }

  /** Removes the index of a generation. @throws RedisAwayError */
  async drop(model: string, generation: number): Promise<void> {
    await this.redis.run((client) =>
      Promise.all([
        ...keysOf(model, generation).map((key) => client.unlink(key)),
        client.sRem(INDEX_OF_INDEXES, nameOf(model, generation)),
      ]),
    );
  }

  private async countOne(name: string): Promise<KeyCount> {
    const { model, generation } = parseName(name);
    for (;;) {
      const args = { keys: keysOf(model, generation), arguments: [String(nextSecond())] };
      const reply = (await this.redis.run((client) => client.eval(TALLY, args))) as number[];
      const [keys = 0, bytes = 0, trimmed = 0] = reply;
      if (trimmed === 0) return { model, generation, keys, bytes: Math.max(0, bytes) };
    }
  }
}

/** Keys with a lower score have expired. */
function nextSecond(): number {
  return Math.floor(Date.now() / 1000) + 1;
}

export function nameOf(model: string, generation: number): string {
  return `${generation}:${model}`;
}

function parseName(name: string): { model: string; generation: number } {
  const colon = name.indexOf(':');
  return { generation: Number(name.slice(0, colon)), model: name.slice(colon + 1) };
}

/** In braces, so that a cluster stores both keys in one slot. */
function keysOf(model: string, generation: number): [string, string] {
  const name = nameOf(model, generation);
  return [`ai_cache_index:{${name}}`, `ai_cache_bytes:{${name}}`];
}
