import { parseUsd } from '../../src/common/money';
import { BatchClient, type GatewayBatch, line } from '../support/batch-client';
import type { FakeCall } from '../support/fake-openai/call-log';
import { type RunningGateway, startGateway } from '../support/gateway';
import { runSql } from '../support/run-sql';
import { seeded } from '../support/seeded';

/** The long forms are `FLEX_LINES=2000` and `FLEX_INSTANTS=200`. */
const LINES = Number(process.env.FLEX_LINES ?? 200);
const INSTANTS = Number(process.env.FLEX_INSTANTS ?? 10);
const LINES_EACH = 5;
/** A line that is refused again and again waits up to a minute. */
const PATIENCE_MS = 600_000;
const LONGEST_INSTANT_MS = 8_000;
const NO_ROOM = { status: 429, errorCode: 'resource_unavailable' };
/** Pico-dollars for a token of gpt-6-luna; flex costs half. */
const [INPUT, OUTPUT] = [100_000n, 500_000n];

const random = seeded(Number(process.env.SEED ?? 1));

describe('lines in a flex tier that refuses many of them', () => {
  let gateway: RunningGateway;
  let batches: BatchClient;

  beforeEach(async () => {
    gateway = await startGateway();
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
  });
  afterEach(() => gateway?.stop());

  const flexLines = (count: number, prefix: string) =>
    Array.from({ length: count }, (_, n) =>
      line(`${prefix}-${n}`, `${prefix}: question ${n}.`, { model: 'gpt-6-luna' }),
    );
  const billed = (): FakeCall[] => gateway.fake.calls.filter(({ billed: bill }) => bill !== undefined);
  const tierOf = ({ body }: FakeCall) => (body as { service_tier?: string }).service_tier ?? 'default';
  /** What the vendor charges, in pico-dollars. */
  const chargeOf = (call: FakeCall): bigint => {
    const { prompt_tokens: input = 0, completion_tokens: output = 0 } = call.billed ?? {};
    const full = BigInt(input) * INPUT + BigInt(output) * OUTPUT;
    return tierOf(call) === 'flex' ? full / 2n : full;
  };
  const paidRows = async () =>
    (await gateway.allRows()).filter(({ batch_id: id, cost_usd: cost }) => id !== null && cost !== '0');

  /** Each line was answered once, and the ledger is what the vendor charges. */
  const expectOnce = async (ended: readonly GatewayBatch[], names: readonly string[]) => {
    const files = await Promise.all(ended.map(({ output_file_id: id }) => batches.resultsOf(id)));
    expect(
      files
        .flat()
        .map(({ custom_id: name }) => name)
        .toSorted(),
    ).toEqual([...names].toSorted());
    const [rows, calls] = [await paidRows(), billed()];
    expect(rows.map(({ custom_id: name }) => name).toSorted()).toEqual([...names].toSorted());
    expect(calls).toHaveLength(names.length);
    expect(rows.reduce((sum, row) => sum + parseUsd(row.cost_usd), 0n)).toBe(
      calls.reduce((sum, call) => sum + chargeOf(call), 0n),
    );
    expect(rows.every(({ estimated }) => estimated === false)).toBe(true);
    return { rows, calls };
  };

  it('are answered once each, at the price of the tier', async () => {
    gateway.fake.script(NO_ROOM, { tier: 'flex', prompt: () => random() < 0.3 });
    const requests = flexLines(LINES, 'refused');
    const batch = await batches.ended((await batches.create({ requests })).id, PATIENCE_MS);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { completed: LINES, failed: 0 } });
    const { rows, calls } = await expectOnce(
      [batch],
      requests.map(({ custom_id: name }) => name),
    );
    expect(calls.every((call) => tierOf(call) === 'flex')).toBe(true);
    expect(rows.every(({ saved_by: by }) => by === 'batch')).toBe(true);
    const refused = gateway.fake.calls.filter(({ status, path }) => status === 429 && path.includes('chat'));
    expect(refused.length).toBeGreaterThan(LINES / 10);
  }, 900_000);

  it('run without the tier from the last safe moment on, whenever that is: once each, and each at its price', async () => {
    gateway.fake.script({ ...NO_ROOM, delayMs: 100 }, { tier: 'flex', prompt: () => random() < 0.6 });
    gateway.fake.script({ delayMs: 300 }, { model: 'gpt-6-luna' });
    const names = Array.from({ length: INSTANTS }, (_, n) => `instant ${n}`);
    const requests = names.map((name) => flexLines(LINES_EACH, name));
    const created: string[] = [];
    for (const lines of requests) created.push((await batches.create({ requests: lines })).id);
    await gateway.terminate();
    // The last safe moment is the middle of such a short window.
    const windows = created.map((id) => {
      const inMs = Math.round(random() * LONGEST_INSTANT_MS);
      return `UPDATE batches SET expires_at = now() + interval '600 s',
        created_at = now() - interval '600 s' + interval '${2 * inMs} ms' WHERE id = '${id}'`;
    });
    await runSql(gateway, windows.join(';'));
    await gateway.start();
    const ended: GatewayBatch[] = [];
    for (const id of created) ended.push(await batches.ended(id, PATIENCE_MS));
    expect(ended.map(({ status }) => status)).toEqual(created.map(() => 'completed'));
    const { rows, calls } = await expectOnce(
      ended,
      requests.flat().map(({ custom_id: name }) => name),
    );
    const late = ended.reduce((sum, batch) => sum + (batch.gateway as unknown as { escalated: number }).escalated, 0);
    expect(late).toBe(calls.filter((call) => tierOf(call) !== 'flex').length);
    expect(late).toBe(rows.filter(({ saved_by: by }) => by === null).length);
    expect([late > 0, late < rows.length]).toEqual([true, true]);
  }, 900_000);
});
