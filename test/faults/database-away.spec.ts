import { setTimeout as delay } from 'node:timers/promises';
import { CutProxy } from '../support/cut-proxy';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const { TEST_DATABASE_URL } = process.env;
const OUTAGES = Number(process.env.OUTAGES ?? 2);
const OUTAGE_MS = Number(process.env.OUTAGE_MS ?? 2_000);
const CALLERS = 10;
/** The interval between the calls of a team that seldom calls. */
const RARE_MS = 1_500;
const describeWithDatabase = TEST_DATABASE_URL ? describe : describe.skip;

describeWithDatabase(
  `PostgreSQL away ${OUTAGES} times for ${OUTAGE_MS} ms under load (needs TEST_DATABASE_URL)`,
  () => {
    let gateway: RunningGateway;
    let plain: RunningGateway;
    let database: CutProxy;

    beforeAll(async () => {
      // The gateway under test uses the database of this one through the proxy.
      plain = await startGateway();
      const { DATABASE_URL = '', REDIS_URL, SECRET_KEY } = plain.env;
      database = await CutProxy.to(DATABASE_URL);
      gateway = await startGateway({
        fake: plain.fake,
        env: { DATABASE_URL: database.through(DATABASE_URL), REDIS_URL, SECRET_KEY },
      });
    });
    afterAll(async () => {
      await gateway?.stop();
      await plain?.stop();
      await database?.cut();
    });

    it(
      'fails no call of a known key, also with a budget, and loses no row',
      async () => {
        const team = async () => {
          const made = await gateway.createKey();
          await gateway.admin('POST', '/admin/budgets', { team_id: made.teamId, limit_usd: '1000', window: 'month' });
          return made;
        };
        const often = await team();
        const rare = await team();
        const load = { over: false };
        const answered: { teamId: string; status: number; error: unknown; id: string }[] = [];
        const caller = async (by: typeof rare, number: number, restMs = 0) => {
          for (let call = 0; !load.over; call += 1) {
            const { status, headers, body } = await gateway.chat(by.key, `away ${number} ${call}`, { max_tokens: 20 });
            answered.push({ teamId: by.teamId, status, error: body.error, id: headers.get('x-request-id') ?? '' });
            if (restMs > 0) await delay(restMs);
          }
        };
        const callers = [
          caller(rare, CALLERS, RARE_MS),
          ...Array.from({ length: CALLERS }, (_, each) => caller(often, each)),
        ];
        for (let outage = 0; outage < OUTAGES; outage += 1) {
          await delay(1_500);
          await database.cut();
          await delay(OUTAGE_MS);
          await database.mend();
        }
        await delay(500);
        load.over = true;
        await Promise.all(callers);
        const failed = answered.filter(({ status }) => status !== 200);
        process.stderr.write(`${OUTAGES} outages: ${answered.length} calls, ${failed.length} failed\n`);
        expect(failed).toEqual([]);
        for (const { teamId } of [often, rare]) {
          const calls = answered.filter((call) => call.teamId === teamId).length;
          await eventually(async () => {
            const { status, body } = await gateway.admin('GET', `/admin/usage?team_id=${teamId}`);
            return (status === 200 && body.total.requests === calls) || undefined;
          }, 30_000);
        }
      },
      60_000 + OUTAGES * (OUTAGE_MS + 5_000),
    );
  },
);
