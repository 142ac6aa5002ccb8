import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { createClient } from 'redis';

/** The stores that a gateway of the tests runs on, and how they are taken away after it. */
export interface TestStores {
  env: Record<string, string>;
  drop(): Promise<void>;
}

const REDIS_DATABASES = 16;
let nextRedisDatabase = Number(process.env.JEST_WORKER_ID ?? 1) % REDIS_DATABASES;

/** A database of its own in TEST_DATABASE_URL's server and a part of TEST_REDIS_URL's; nothing where they are not set. */
export async function createTestStores(): Promise<TestStores> {
  const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl } = process.env;
  if (!databaseUrl || !redisUrl) return { env: {}, drop: () => Promise.resolve() };
  const name = `thriftgate_${randomBytes(6).toString('hex')}`;
  await query(databaseUrl, `CREATE DATABASE ${name}`);
  const database = new URL(databaseUrl);
  database.pathname = `/${name}`;
  const redis = new URL(redisUrl);
  redis.pathname = `/${nextRedisDatabase}`;
  nextRedisDatabase = (nextRedisDatabase + 1) % REDIS_DATABASES;
  const client = createClient({ url: redis.href });
  await client.connect();
  await client.flushDb();
  await client.disconnect();
  return {
    env: { DATABASE_URL: database.href, REDIS_URL: redis.href, SECRET_KEY: 'test-secret-key-0123456789' },
    drop: () => query(databaseUrl, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`),
  };
}

async function query(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
