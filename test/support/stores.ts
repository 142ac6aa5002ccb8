import { randomBytes } from 'node:crypto';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import { createClient } from 'redis';

/** The stores of a gateway under test, and their removal. */
export interface TestStores {
  env: Record<string, string>;
  drop(): Promise<void>;
}

/** The only key in database 0: how many databases were assigned. */
const GIVEN_AWAY = 'thriftgate:tests:databases';

/** A new database on TEST_DATABASE_URL's server and one of TEST_REDIS_URL's databases; nothing if they are not set. */
export async function createTestStores(): Promise<TestStores> {
  const { TEST_DATABASE_URL: databaseUrl, TEST_REDIS_URL: redisUrl } = process.env;
  if (!databaseUrl || !redisUrl) return { env: {}, drop: () => Promise.resolve() };
  const name = `thriftgate_${randomBytes(6).toString('hex')}`;
  await query(databaseUrl, `CREATE DATABASE ${name}`);
  const database = new URL(databaseUrl);
  database.pathname = `/${name}`;
  return {
    env: {
      DATABASE_URL: database.href,
      REDIS_URL: await ownRedisDatabase(redisUrl),
      SECRET_KEY: 'test-secret-key-0123456789',
    },
    drop: () => dropDatabase(database.href),
  };
}

/** Drops a database of TEST_DATABASE_URL's server, also with open connections. */
export async function dropDatabase(url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  await query(process.env.TEST_DATABASE_URL ?? '', `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
}

/** Creating an empty embedded database takes seconds of CPU, so copies are made of the one in TEST_EMPTY_DATABASE. */
export function copyEmptyDatabase(dataDirectory: string): void {
  const made = process.env.TEST_EMPTY_DATABASE;
  if (made && existsSync(made)) cpSync(made, join(dataDirectory, 'database'), { recursive: true });
}

/**
 * An empty Redis database that no other process of the tests uses: a counter in Redis assigns them. If Redis has too few, the
 * oldest are used again.
 *
 * @returns its URL
 */
export async function ownRedisDatabase(redisUrl: string): Promise<string> {
  const own = new URL(redisUrl);
  const client = createClient({ url: redisUrl });
  await client.connect();
  try {
    const { databases } = await client.configGet('databases');
    const given = await client.incr(GIVEN_AWAY);
    own.pathname = `/${1 + ((given - 1) % (Number(databases) - 1))}`;
    await client.select(Number(own.pathname.slice(1)));
    await client.flushDb();
  } finally {
    await client.disconnect();
  }
  return own.href;
}

async function query(url: string, statement: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}
