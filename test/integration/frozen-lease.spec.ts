import { Socket } from 'node:net';
import { Kysely, PostgresDialect } from 'kysely';
import { Pool } from 'pg';
import { LeasesRepository } from '../../src/ledger/leases/leases.repository';
import type { Budget } from '../../src/budgets/budget';
import type { Owner } from '../../src/common/owner';
import type { Database } from '../../src/database/database.connection';
import type { Schema } from '../../src/database/schema';
import { type RunningGateway, startGateway } from '../support/gateway';

const { TEST_DATABASE_URL } = process.env;
const describeWithPostgres = TEST_DATABASE_URL ? describe : describe.skip;

/** A process stops in the middle of a lease query: it was suspended, or its machine or network failed. */
describeWithPostgres('a lease query of a frozen process (needs TEST_DATABASE_URL)', () => {
  let gateway: RunningGateway;
  const connections: Socket[] = [];

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(async () => {
    for (const connection of connections) connection.destroy();
    await gateway?.stop();
  });

  /** @param queries how many queries of a connection are sent; later ones are not, and the connection stays open */
  const leasesOf = (queries: number) => {
    const stream = () => {
      const connection = new Socket();
      connections.push(connection);
      return connection;
    };
    const pool = new Pool({ connectionString: gateway.env.DATABASE_URL, stream });
    pool.on('error', () => undefined);
    pool.on('connect', (client) => {
      client.on('error', () => undefined);
      const query = client.query.bind(client) as (...args: unknown[]) => unknown;
      let sent = 0;
      Object.assign(client, {
        query: (...args: unknown[]) => ((sent += 1) > queries ? new Promise(() => undefined) : query(...args)),
      });
    });
    const db = new Kysely<Schema>({ dialect: new PostgresDialect({ pool }) });
    return new LeasesRepository({ db, isEmbedded: false } as Database);
  };

  it('blocks other instances for only some seconds', async () => {
    const budget = { id: 'budget_frozen', teamId: 'team_x', keyId: null, limitPusd: 1000n } as Budget;
    const wish = { owner: { kind: 'instance', id: 'instance_frozen' } as Owner, leastPusd: 10n, idealPusd: 100n };
    const window = { budget, startMs: 0 };
    // It begins its transaction and locks the window.
    void leasesOf(2).lease(window, wish);
    await new Promise((resolve) => setTimeout(resolve, 500));

    const startedAt = performance.now();
    const { grantedPusd } = await leasesOf(Infinity).lease(window, {
      ...wish,
      owner: { kind: 'instance', id: 'instance_alive' },
    });
    expect(grantedPusd).toBe(100n);
    expect(performance.now() - startedAt).toBeGreaterThan(2_000);
    // The transaction of the frozen process is rolled back.
    expect(await leasesOf(Infinity).states([window])).toEqual(
      new Map([['budget_frozen@0', { spentPusd: 0n, leasedPusd: 100n }]]),
    );
  });
});
