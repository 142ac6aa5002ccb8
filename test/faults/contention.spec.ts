import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { parseUsd } from '../../src/common/money';
import { type RunningGateway, startGateway } from '../support/gateway';
import { type JournalSums, makeJournal, type Payer } from '../support/made-journal';
import { createTestStores, type TestStores } from '../support/stores';
import { seeded } from '../support/seeded';

const { TEST_DATABASE_URL, TEST_REDIS_URL } = process.env;
/** Rows in the journal of each process; the long form is `ROWS=250000`. */
const ROWS = Number(process.env.ROWS ?? 20_000);
const CLIENTS = ROWS > 100_000 ? 500 : 100;
const PROCESSES = 4;
const CONNECTIONS = 20;
const POOL = CONNECTIONS / PROCESSES;
const TEAMS = 5;
const ESCAPED = /40P01|deadlock detected|53300|too many (connections|clients)/;
const describeWithStores = TEST_DATABASE_URL && TEST_REDIS_URL ? describe : describe.skip;

/**
 * Four instances drain long journals into the same teams, accounts, budgets and roll-ups, while clients call all of them, on a
 * database with at most 20 connections.
 */
describeWithStores(
  `${PROCESSES} processes, ${ROWS} rows each, ${CLIENTS} clients, ${CONNECTIONS} connections (needs TEST_DATABASE_URL and TEST_REDIS_URL)`,
  () => {
    const role = `limited_${randomBytes(6).toString('hex')}`;
    const gateways: RunningGateway[] = [];
    let stores: TestStores;
    let server: Client;
    /** A separate connection, to count the others. */
    let watcher: Client;

    beforeAll(async () => {
      stores = await createTestStores();
      const { DATABASE_URL = '', REDIS_URL, SECRET_KEY } = stores.env;
      server = new Client({ connectionString: DATABASE_URL });
      await server.connect();
      watcher = new Client({ connectionString: DATABASE_URL });
      await watcher.connect();
      // The same limit as max_connections=20 for a whole server.
      await server.query(`CREATE ROLE ${role} LOGIN CONNECTION LIMIT ${CONNECTIONS}`);
      await server.query(`ALTER DATABASE ${new URL(DATABASE_URL).pathname.slice(1)} OWNER TO ${role}`);
      const url = new URL(DATABASE_URL);
      url.username = role;
      const env = {
        DATABASE_URL: url.href,
        REDIS_URL,
        SECRET_KEY,
        DATABASE_POOL_SIZE: String(POOL),
        DRAIN_TIMEOUT_S: '5',
      };
      for (let number = 0; number < PROCESSES; number += 1) {
        const [first] = gateways;
        gateways.push(await startGateway({ env, ...(first && { fake: first.fake }) }));
      }
    });
    afterAll(async () => {
      for (const gateway of gateways.toReversed()) await gateway.stop();
      await server?.end();
      await watcher?.end();
      await stores?.drop();
      const admin = new Client({ connectionString: TEST_DATABASE_URL });
      await admin.connect();
      await admin.query(`DROP ROLE IF EXISTS ${role}`).finally(() => admin.end());
    });

    it(
      'cause no deadlock, lose no row and have correct sums',
      async () => {
        const payers = await makePayers();
        for (const gateway of gateways) expect(await gateway.terminate()).toBe(0);
        const random = seeded(1);
        const journals: JournalSums[] = [];
        for (const { dataDirectory } of gateways) journals.push(await makeJournal(dataDirectory, payers, ROWS, random));

        const load = { over: false };
        const mostConnections = sample(load);
        await Promise.all(gateways.map((gateway) => gateway.start()));
        const asked = callers(load, payers);
        const rows = journals.reduce((sum, journal) => sum + journal.rows, 0);
        // A report makes the drain run without pauses.
        while ((await ended()) < rows)
          await Promise.all(gateways.map((gateway) => gateway.admin('GET', '/admin/usage')));
        load.over = true;
        const { calls, failed } = await asked;
        await Promise.all(gateways.map((gateway) => gateway.admin('GET', '/admin/usage')));

        expect(failed).toEqual([]);
        expect(await mostConnections).toBeLessThanOrEqual(CONNECTIONS);
        const expected = new Map<string, bigint>();
        for (const { costPusd } of journals)
          for (const [team, pusd] of costPusd) expected.set(team, (expected.get(team) ?? 0n) + pusd);
        for (const { teamId, window } of payers) {
          const live = calls.filter((call) => call.teamId === teamId);
          const truth = live.reduce((sum, { costUsd }) => sum + parseUsd(costUsd), expected.get(teamId) ?? 0n);
          const [gateway] = gateways;
          const usage = (await gateway?.admin('GET', `/admin/usage?team_id=${teamId}`))?.body.total.cost_usd;
          const budget = (await gateway?.admin('GET', `/admin/budgets/${window.split('@')[0]}`))?.body.spent_usd;
          expect([parseUsd(usage), parseUsd(budget)]).toEqual([truth, truth]);
        }
        const unknown = await server.query("SELECT count(*) FROM ledger WHERE state = 'unknown'");
        expect(Number(unknown.rows[0].count)).toBe(journals.reduce((sum, journal) => sum + journal.unknown, 0));
        expect(Number((await server.query('SELECT count(*) FROM ledger')).rows[0].count)).toBe(rows + calls.length);
        expect(
          (await gateways[0]?.admin('GET', '/admin/ledger/verify'))?.body.checks.flatMap((c: any) => c.violations),
        ).toEqual([]);
        for (const gateway of gateways) {
          expect(gateway.output.split('\n').filter((line) => ESCAPED.test(line))).toEqual([]);
          await gateway.terminate();
        }
        // A connection reports its statistics when it ends.
        await delay(500);
        const { rows: stats } = await server.query(
          'SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()',
        );
        expect(Number(stats[0].deadlocks)).toBe(0);
        process.stderr.write(
          `${rows} rows of journals and ${calls.length} calls, at most ${await mostConnections} connections\n`,
        );
      },
      180_000 + ROWS * 10,
    );

    async function makePayers(): Promise<(Payer & { key: string })[]> {
      const [first] = gateways;
      if (!first) throw new Error('no gateway');
      const payers: (Payer & { key: string })[] = [];
      for (let team = 0; team < TEAMS; team += 1) {
        const { key, keyId, teamId } = await first.createKey();
        const budget = { team_id: teamId, limit_usd: '1000', window: 'total' };
        const { body } = await first.admin('POST', '/admin/budgets', budget);
        payers.push({ key, keyId, teamId, window: `${body.id}@0` });
      }
      return payers;
    }

    /** Settled rows of the journals. */
    async function ended(): Promise<number> {
      const { rows } = await server.query(
        "SELECT count(*) FROM ledger WHERE state <> 'dispatched' AND upstream_model IN ('answered', 'gpt-4.1', 'gpt-4.1-mini', 'gpt-4o', 'gpt-4o-mini')",
      );
      return Number(rows[0].count);
    }

    /** Clients that send an Idempotency-Key with every call, so that each call first queries the database. */
    async function callers(load: { over: boolean }, payers: (Payer & { key: string })[]) {
      const calls: { teamId: string; costUsd: string }[] = [];
      const failed: unknown[] = [];
      const client = async (number: number) => {
        const { key, teamId } = payers[number % payers.length] ?? { key: '', teamId: '' };
        for (let call = 0; !load.over || call === 0; call += 1) {
          const gateway = gateways[(number + call) % gateways.length];
          const answer = await gateway?.chat(
            key,
            `contention ${number} ${call}`,
            { model: 'gpt-4.1-nano', max_tokens: 50, use_cache: false },
            { 'idempotency-key': `contention-${number}-${call}` },
          );
          if (answer?.status === 200) calls.push({ teamId, costUsd: answer.headers.get('x-gateway-cost-usd') ?? '' });
          else failed.push([answer?.status, answer?.body]);
          await delay(200);
        }
      };
      await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
      return { calls, failed: failed.slice(0, 3) };
    }

    /** The highest number of concurrent connections of the gateways. */
    async function sample(load: { over: boolean }): Promise<number> {
      let most = 0;
      while (!load.over) {
        const { rows } = await watcher.query(
          "SELECT count(*) FROM pg_stat_activity WHERE usename = $1 AND backend_type = 'client backend'",
          [role],
        );
        most = Math.max(most, Number(rows[0].count));
        await delay(50);
      }
      return most;
    }
  },
);
