import { formatUsd, parseUsd } from '../../src/common/money';
import { eventually } from '../support/eventually';
import { FakeOpenAi } from '../support/fake-openai/fake-openai';
import { type RunningGateway, startGateway } from '../support/gateway';
import { AT_FIRST_DEPLOYMENT, EVERY_CELL } from '../support/surface/cell';
import { seeded } from '../support/seeded';
import { someOf } from '../support/surface/combinations';
import { type Played, Player } from '../support/surface/play';
import { chargeOf, costOf, reckon, type Row, type Try } from '../support/surface/reckon';

const SEED = Number(process.env.SEED ?? 1);
/** Every pair of values and some more by default; the long form is `SURFACE=every`. */
const CELLS = process.env.SURFACE === 'every' ? EVERY_CELL : someOf(EVERY_CELL, 80, seeded(SEED));
const AT_ONCE = 12;

/** A cell has deployments of its own, because failures count: a breaker or a retry budget would mix the cells. */
const CONFIG = `
providers:
  backup: { type: openai-compatible, base_url: "\${BACKUP_URL}", api_key: "sk-backup-1234567890" }
models:
${CELLS.map(
  (_, index) => `
  surface-${index}:
    deployments:
      - { provider: openai, model: surface-a-${index}, priority: 1 }
      - { provider: backup, model: surface-b-${index}, priority: 2 }
  surface-small-${index}:
    deployments:
      - { provider: openai, model: surface-c-${index}, priority: 1 }
      - { provider: backup, model: surface-d-${index}, priority: 2 }`,
).join('')}
prices:
${CELLS.map(
  (_, index) => `
  surface-a-${index}: { input_usd_per_mtok: "2.00", output_usd_per_mtok: "8.00", cached_input_usd_per_mtok: "0.50", reasoning_usd_per_mtok: "9.00" }
  surface-b-${index}: { input_usd_per_mtok: "3.10", output_usd_per_mtok: "11.30", cached_input_usd_per_mtok: "0.70", reasoning_usd_per_mtok: "12.10" }
  surface-c-${index}: { input_usd_per_mtok: "0.10", output_usd_per_mtok: "0.40", cached_input_usd_per_mtok: "0.025", reasoning_usd_per_mtok: "0.50" }
  surface-d-${index}: { input_usd_per_mtok: "0.17", output_usd_per_mtok: "0.70", cached_input_usd_per_mtok: "0.03", reasoning_usd_per_mtok: "0.90" }`,
).join('')}
`;

/** Calls in every way that can cost money, to two vendors with invoices of their own. */
describe(`${CELLS.length} of ${EVERY_CELL.length} ways to call (seed ${SEED})`, () => {
  let gateway: RunningGateway;
  let backup: FakeOpenAi;
  let player: Player;

  beforeAll(async () => {
    backup = await FakeOpenAi.start();
    gateway = await startGateway({
      configFile: CONFIG,
      env: {
        BACKUP_URL: backup.baseUrl,
        // Clients that disconnected may have opened connections that they never use.
        DRAIN_TIMEOUT_S: '5',
      },
    });
    gateway.fake.script({ status: 500 }, { prompt: AT_FIRST_DEPLOYMENT });
    player = new Player(gateway, [gateway.fake, backup]);
  });
  afterAll(async () => {
    await gateway?.stop();
    await backup?.stop();
  });

  const rowsOf = async (teamId: string): Promise<Row[]> => {
    const { body } = await gateway.admin('GET', `/admin/requests?team_id=${teamId}&limit=1000`);
    return body.data;
  };

  it(
    'equal the invoices, to the pico-dollar',
    async () => {
      const played: Played[] = [];
      const waiting = [...CELLS.entries()];
      const worker = async () => {
        for (let next = waiting.shift(); next; next = waiting.shift()) {
          const [index, cell] = next;
          played.push(await player.play(cell, index));
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));

      const wrong: string[] = [];
      const tries: Try[] = [];
      let ledgerPusd = 0n;
      for (const each of played) {
        const found = await check(each);
        tries.push(...found.tries);
        ledgerPusd += found.costPusd;
        wrong.push(...found.wrong.map((text) => `${each.name} ${JSON.stringify(each.cell)}: ${text}`));
      }
      expect(wrong).toEqual([]);
      expect(tries.length).toBe(gateway.fake.calls.length + backup.calls.length);

      const exact = tries.filter(({ row }) => !row.estimated);
      const estimated = tries.filter(({ row }) => row.estimated);
      for (const model of ['surface-a', 'surface-b', 'surface-c', 'surface-d']) {
        const ofModel = exact.filter(({ call }) => call.model?.startsWith(`${model}-`));
        const invoiced = ofModel.reduce((sum, { call }) => sum + chargeOf(call), 0n);
        expect([model, costOf(ofModel.map(({ row }) => row))]).toEqual([model, invoiced]);
        expect([model, invoiced > 0n]).toEqual([model, true]);
      }
      const { body: usage } = await gateway.admin('GET', '/admin/usage?group_by=provider');
      expect(parseUsd(usage.total.cost_usd)).toBe(ledgerPusd);
      expect(usage.data.reduce((sum: bigint, row: Row) => sum + parseUsd(row.cost_usd), 0n)).toBe(ledgerPusd);
      expect(
        (await gateway.admin('GET', '/admin/ledger/verify')).body.checks.flatMap((c: any) => c.violations),
      ).toEqual([]);
      process.stderr.write(
        `${CELLS.length} ways: ${exact.length} tries exact at $${formatUsd(costOf(exact.map(({ row }) => row)))}, ${estimated.length} estimated\n`,
      );
    },
    120_000 + CELLS.length * 3_000,
  );

  /** What is wrong with a cell after all its attempts have ended. */
  async function check(played: Played): Promise<{ tries: Try[]; wrong: string[]; costPusd: bigint }> {
    const { teamId, key, budgetId, name, cell, answers } = played;
    const calls = player.callsOf(name);
    const rows = await eventually(async () => {
      const all = await rowsOf(teamId);
      return all.some(({ state }) => state === 'dispatched') ? undefined : all;
    }, 30_000);
    const { tries, wrong } = reckon(played, rows, calls);
    const costPusd = costOf(rows);
    const query = (await gateway.request('GET', '/v1/usage', key)).body.total.cost_usd;
    const admin = (await gateway.admin('GET', `/admin/usage?team_id=${teamId}`)).body.total.cost_usd;
    if (parseUsd(query) !== costPusd || parseUsd(admin) !== costPusd)
      wrong.push(`reports say ${query} and ${admin}, the rows ${formatUsd(costPusd)}`);
    if (budgetId !== undefined) {
      const budget = await eventually(async () => {
        const { body } = await gateway.admin('GET', `/admin/budgets/${budgetId}`);
        return body.reserved_usd === '0' ? body : undefined;
      }, 60_000).catch(() => undefined);
      if (budget?.spent_usd !== formatUsd(costPusd)) wrong.push(`the budget says ${JSON.stringify(budget)}`);
    }
    for (const answer of answers) {
      const own = rows.filter((each) => each.request_id === answer.requestId);
      // Charged attempts without an answer are paid too.
      const paid = formatUsd(costOf(own));
      if (own.some(({ state }) => state === 'settled') && answer.costUsd !== null && answer.costUsd !== paid)
        wrong.push(`the answer says ${answer.costUsd}, the rows ${paid}`);
    }
    const last = answers.at(-1);
    if (cell.cache === 'hit' && last?.cacheStatus !== 'HIT') wrong.push(`no hit: ${JSON.stringify(last)}`);
    if (cell.budget === 'used_up' && cell.cache !== 'hit' && (calls.length > 0 || last?.status === 200))
      wrong.push('called without money');
    if (cell.idempotency === 'repeated' && answers.length === 2 && answers[0]?.status === 200) {
      const asked = new Set(calls.map(({ requestId }) => requestId)).size;
      if (answers[0].text !== last?.text || asked > 1) wrong.push(`made twice: ${asked} ${JSON.stringify(answers)}`);
    }
    return { tries, wrong, costPusd };
  }
});
