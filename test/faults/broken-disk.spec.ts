import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const CALLERS = 8;
const BROKEN_MS = 1_500;
const WAYS = [
  ['write', 'interval'],
  ['torn', 'interval'],
  ['write', 'always'],
  ['sync', 'always'],
] as const;

/** EIO, as from a failed disk or a detached volume: the preloaded injection fails while a file exists. */
describe.each(WAYS)('a gateway with a failing disk under the journal (%s, JOURNAL_FSYNC=%s)', (how, fsync) => {
  let gateway: RunningGateway;
  let flag: string;

  beforeAll(async () => {
    gateway = await startGateway({
      env: {
        JOURNAL_FSYNC: fsync,
        BROKEN_DISK: './broken-disk',
        NODE_OPTIONS: `--require ${__dirname}/injections/broken-disk.cjs`,
      },
    });
    flag = join(gateway.dataDirectory, 'broken-disk');
  });
  afterAll(async () => {
    rmSync(flag, { force: true });
    await gateway.stop();
  });

  it('refuses calls with 503 and Retry-After, loses no acknowledged call, and recovers without a restart', async () => {
    const { key, teamId } = await gateway.createKey();
    const budget = { team_id: teamId, limit_usd: '10', window: 'total' };
    const budgetId = (await gateway.admin('POST', '/admin/budgets', budget)).body.id;
    const load = { over: false };
    const answers: { status: number; requestId: string; retryAfter: string | null }[] = [];
    const caller = async (number: number) => {
      for (let call = 0; !load.over; call += 1) {
        const prompt = `[[delay=${(number * 7 + call) % 40}]] broken disk ${number} ${call}`;
        const { status, headers } = await gateway.chat(key, prompt, { max_tokens: 100, use_cache: false });
        answers.push({
          status,
          requestId: headers.get('x-request-id') ?? '',
          retryAfter: headers.get('retry-after'),
        });
        if (status !== 200) await delay(20);
      }
    };
    const callers = Array.from({ length: CALLERS }, (_, number) => caller(number));
    await eventually(() => answers.length > 50 || undefined);
    for (let time = 0; time < 2; time += 1) {
      const running = gateway.chat(key, `[[delay=400]] runs when it breaks ${time}`, { max_tokens: 100 });
      await eventually(() => reached(`breaks ${time}`) > 0 || undefined);
      writeFileSync(flag, how);
      const refused = answers.length;
      await eventually(() => answers.slice(refused).some(({ status }) => status === 503) || undefined);
      // A call that ran upstream in the meantime gets its response only if its settlement could be written.
      expect([200, 503]).toContain((await running).status);
      await delay(BROKEN_MS);
      rmSync(flag);
      const healed = answers.length;
      await eventually(() => answers.slice(healed).some(({ status }) => status === 200) || undefined);
    }
    load.over = true;
    await Promise.all(callers);

    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200, 503]));
    const refusals = answers.filter(({ status }) => status === 503);
    expect(new Set(refusals.map(({ retryAfter }) => retryAfter))).toEqual(new Set(['5']));
    const rows = await eventually(async () => {
      const all = await gateway.allRows();
      return all.some(({ state }) => state === 'dispatched') ? undefined : all;
    }, 20_000);
    // Every call that reached the upstream has a row with its cost; a refused call costs nothing.
    const billed = new Map(gateway.fake.calls.map(({ requestId, billed: bill }) => [requestId, bill]));
    for (const { request_id, state, input_tokens, output_tokens, cost_usd } of rows) {
      const bill = billed.get(request_id);
      if (bill)
        expect([state, input_tokens, output_tokens]).toEqual(['settled', bill.prompt_tokens, bill.completion_tokens]);
      else expect([request_id, state, cost_usd]).toEqual([request_id, 'failed', '0']);
    }
    const known = new Set(rows.map(({ request_id }) => request_id));
    expect([...billed.keys()].filter((id) => !known.has(id ?? ''))).toEqual([]);
    await eventually(async () => {
      const { body } = await gateway.admin('GET', `/admin/budgets/${budgetId}`);
      return body.reserved_usd === '0' || undefined;
    }, 20_000);

    await gateway.kill();
    await gateway.start();
    const after = new Map((await gateway.allRows()).map((row) => [row.request_id, row.state]));
    const acknowledged = answers.filter(({ status }) => status === 200);
    expect(acknowledged.filter(({ requestId }) => after.get(requestId) !== 'settled')).toEqual([]);
    process.stderr.write(`${how}, ${fsync}: ${acknowledged.length} acknowledged, ${refusals.length} refused\n`);
  }, 120_000);

  const reached = (text: string) =>
    gateway.fake.calls.filter(({ body }) => JSON.stringify(body)?.includes(text)).length;
});
