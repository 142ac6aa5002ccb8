import { type OnApplicationShutdown } from '@nestjs/common';
import { Kysely, Migrator, PostgresDialect, sql } from 'kysely';
import { Pool, types } from 'pg';
import type { GatewayConfig } from '../config/gateway-config';
import type { DataDirectory } from '../config/data-directory';
import { StartError } from '../config/start-error';
import { EMBEDDED_PORT, EmbeddedDatabase } from './embedded-database';
import { MIGRATIONS } from './migrations/migrations';
import type { Schema } from './schema';

const INT8_OID = 20;
/** PGlite's socket server mixes up the messages of two connections that ask at once, so there is one. */
const EMBEDDED_POOL_SIZE = 1;

/** `bigint` columns come as bigints, everything else as `pg` does it. */
const typeParsers = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === INT8_OID ? BigInt : types.getTypeParser(oid, format as 'text')) as typeof types.getTypeParser,
};

/** The one connection pool. Repositories are the only ones that ask it anything. */
export class Database implements OnApplicationShutdown {
  private readonly closers: (() => Promise<void>)[] = [];

  private constructor(
    readonly db: Kysely<Schema>,
    private readonly embedded: EmbeddedDatabase | undefined,
  ) {}

  /** Connects to PostgreSQL, or opens the embedded database where no DATABASE_URL is set, and brings the tables up to date. */
  static async open(config: GatewayConfig, dataDirectory: DataDirectory): Promise<Database> {
    const embedded = config.databaseUrl ? undefined : await EmbeddedDatabase.open(dataDirectory.resolve('database'));
    const pool = new Pool({
      types: typeParsers,
      ...(embedded
        ? {
            host: embedded.socketDirectory,
            port: EMBEDDED_PORT,
            user: 'postgres',
            database: 'postgres',
            max: EMBEDDED_POOL_SIZE,
          }
        : { connectionString: config.databaseUrl, max: config.databasePoolSize, connectionTimeoutMillis: 5_000 }),
    });
    // A connection that breaks is replaced by the pool, and what was asked over it fails by itself. Without listeners, on
    // the pool for idle ones and on each for those in use, it would end the process.
    pool.on('error', () => undefined);
    pool.on('connect', (client) => client.on('error', () => undefined));
    const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
    try {
      await migrate(db);
    } catch (error) {
      if (config.databaseUrl && isUnusable(error)) throw unusable(config.databaseUrl, error);
      throw error;
    }
    return new Database(db, embedded);
  }

  /** Whether it runs in this process, on this machine's time and disk. */
  get isEmbedded(): boolean {
    return this.embedded !== undefined;
  }

  /** Whether the database answers. */
  async isReachable(): Promise<boolean> {
    try {
      await sql`SELECT 1`.execute(this.db);
      return true;
    } catch {
      return false;
    }
  }

  /**
   * Registers what must still be written when every call has ended and before the connection goes. Who came last writes
   * first, for it builds on those who came before.
   */
  beforeClose(closer: () => Promise<void>): void {
    this.closers.push(closer);
  }

  async onApplicationShutdown(): Promise<void> {
    for (const close of this.closers.toReversed()) await close();
    await this.db.destroy();
    await this.embedded?.close();
  }
}

async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(MIGRATIONS) } });
  const { error } = await migrator.migrateToLatest();
  if (error)
    throw error instanceof Error ? error : new Error('The database could not be brought up to date.', { cause: error });
}

/** Nothing listens there, or PostgreSQL refuses the connection: its password, database or state. */
function isUnusable(error: unknown): error is Error {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return /^(E[A-Z_]+|28\w{3}|3D000|57P03|53300)$/.test(code) || /^(Connection terminated|timeout exc)/.test(message);
}

/** The line has no password in it. */
function unusable(databaseUrl: string, error: Error): StartError {
  const { host } = new URL(databaseUrl);
  // One error for each address of a name.
  const { message } = error instanceof AggregateError ? (error.errors[0] as Error) : error;
  return new StartError(
    `The PostgreSQL of DATABASE_URL cannot be used: ${host}: ${message}. Start it, or correct DATABASE_URL.`,
  );
}
