import { setTimeout as delay } from 'node:timers/promises';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BatchClient, type GatewayBatch, line, type ResultLine } from '../support/batch-client';
import { FileReader } from '../support/batches/file-reader';
import { eventually } from '../support/eventually';
import { FakeOpenAi } from '../support/fake-openai/fake-openai';
import { type RunningGateway, startGateway } from '../support/gateway';
import { seeded } from '../support/seeded';

/** The long form is `BATCH_KILLS=50 BATCH_KILLED_LINES=50000`. */
const KILLS = Number(process.env.BATCH_KILLS ?? 3);
const LINES = Number(process.env.BATCH_KILLED_LINES ?? 600);
const CONCURRENCY = LINES > 10_000 ? 64 : 16;
/** The longest time that a process lives, without its start. */
const LONGEST_LIFE_MS = LINES > 10_000 ? 6_000 : 1_200;
/** Longer than the lease of a line and the lock of one of Bull's jobs. */
const FROZEN_MS = 33_000;
const AWAKE_MS = 3_000;
const random = seeded(Number(process.env.SEED ?? 1));
const TIMEOUT_MS = 300_000 + KILLS * 60_000;

/** Of a provider without batches. */
const LIVE = 'live-model';

describe('batches whose process is killed or frozen', () => {
  let fake: FakeOpenAi;
  let gateway: RunningGateway;
  let batches: BatchClient;

  beforeAll(async () => {
    fake = await FakeOpenAi.start();
    gateway = await startGateway({ fake, env: { BATCH_CONCURRENCY: String(CONCURRENCY) }, configFile: configOf(fake) });
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
  });
  afterAll(async () => {
    await gateway?.stop();
    await fake?.stop();
  });

  const upload = (requests: object[]) =>
    batches.openai.files.create({
      file: new File([requests.map((each) => JSON.stringify(each)).join('\n')], 'lines.jsonl'),
      purpose: 'batch',
    });
  const resultsOf = async ({ output_file_id: output, error_file_id: errors }: GatewayBatch) =>
    [await batches.resultsOf(output), await batches.resultsOf(errors)] as [ResultLine[], ResultLine[]];
  /** Each line is once in one of the files. A line that ran at two kills is not run again. */
  const expectEndedOnce = async (batch: GatewayBatch, requests: { custom_id: string }[]) => {
    const [output, errors] = await resultsOf(batch);
    const ids = [...output, ...errors].map(({ custom_id }) => custom_id);
    expect(ids.toSorted()).toEqual(requests.map(({ custom_id }) => custom_id).toSorted());
    expect(errors.filter(({ error }) => error?.code !== 'line_crashed_gateway')).toEqual([]);
    const counts = { total: requests.length, completed: output.length, failed: errors.length };
    expect(batch).toMatchObject({ status: 'completed', request_counts: counts });
    return errors;
  };
  const callsOf = (text: string) =>
    fake.calls.filter(({ path, text: body }) => path.endsWith('/chat/completions') && body.includes(text));
  /** All rows, once every attempt has an end. */
  const settledRows = () =>
    eventually(async () => {
      const rows = await gateway.allRows();
      return rows.some(({ state }) => state === 'dispatched') ? undefined : rows;
    }, 120_000);

  it(
    `B2, B6: each custom_id is there once after ${KILLS} kills in ${LINES} lines, and no file is ever half written`,
    async () => {
      // Every second line runs live, the others in the vendor's batch.
      const requests = Array.from({ length: LINES }, (_, index) =>
        line(`killed-${index}`, `killed ${index} [[delay=${index % 20}]]`, { model: index % 2 ? LIVE : 'gpt-4.1' }),
      );
      const { id: fileId } = await upload(requests);
      const { id } = await batches.create({ input_file_id: fileId, completion_window: '24h' });
      const reader = new FileReader(gateway, batches.key);
      const small = new SmallBatches(batches);
      let kills = 0;
      for (; kills < KILLS; kills += 1) {
        await delay(100 + random() * LONGEST_LIFE_MS);
        await gateway.kill();
        await gateway.start();
      }
      const batch = await batches.ended(id, TIMEOUT_MS);
      await small.stop();
      await reader.stop();

      const errors = await expectEndedOnce(batch, requests);
      expect(errors.length).toBeLessThanOrEqual(KILLS);

      const inBatch = fake.batchLines.filter(({ body }) => JSON.stringify(body).includes('killed '));
      expect([inBatch.length, new Set(inBatch.map(({ customId }) => customId)).size]).toEqual([LINES / 2, LINES / 2]);
      const calls = callsOf('killed ');
      expect(calls.length).toBeLessThanOrEqual(LINES / 2 + KILLS * CONCURRENCY);
      const rows = await settledRows();
      const byCall = new Map(rows.map((row) => [row.request_id, row]));
      for (const { requestId = '', billed } of calls) {
        const { state, estimated, input_tokens, output_tokens } = byCall.get(requestId) ?? {};
        if (state === 'settled' && !estimated)
          expect([input_tokens, output_tokens]).toEqual([billed?.prompt_tokens, billed?.completion_tokens]);
        else expect([requestId, state, estimated]).toEqual([requestId, 'unknown', true]);
      }

      expect(reader.faults).toEqual([]);
      expect(reader.reads).toBeGreaterThan(0);
      for (const each of await small.ended()) await expectEndedOnce(each, SmallBatches.requests);
      process.stderr.write(
        `${kills} kills: ${LINES} lines, ${calls.length - LINES / 2} live calls again, ${errors.length} crashed twice, ` +
          `${reader.reads} reads of ${reader.files} files\n`,
      );
    },
    TIMEOUT_MS,
  );

  it(
    'B2: a process that is frozen for longer than its leases writes no result twice',
    async () => {
      const directory = mkdtempSync(join(tmpdir(), 'thriftgate-test-'));
      writeFileSync(join(directory, 'gateway.yaml'), configOf(fake));
      const other = gateway.env.DATABASE_URL ? await gateway.twin(directory) : undefined;
      try {
        const requests = Array.from({ length: 200 }, (_, index) =>
          line(`frozen-${index}`, `frozen ${index} [[delay=400]]`, { model: LIVE }),
        );
        const { id } = await batches.create({ requests });
        await eventually(() => callsOf('frozen ').length > CONCURRENCY || undefined);
        process.kill(gateway.pid, 'SIGSTOP');
        await delay(FROZEN_MS);
        const meanwhile = other && (await new BatchClient(other, batches.key).ended(id));
        process.kill(gateway.pid, 'SIGCONT');
        await batches.ended(id);
        const rows = new Set((await settledRows()).map(({ request_id }) => request_id));
        // What it would write of its old lines it writes now.
        await delay(AWAKE_MS);
        const batch = await batches.ended(id);
        const [output, errors] = await resultsOf(batch);
        expect(output.map(({ custom_id }) => custom_id)).toEqual(requests.map(({ custom_id }) => custom_id));
        expect(errors).toEqual([]);
        expect(batch.request_counts).toEqual({ total: 200, completed: 200, failed: 0 });
        if (meanwhile) expect(batch).toEqual(meanwhile);
        expect(callsOf('frozen ').filter(({ requestId = '' }) => !rows.has(requestId))).toEqual([]);
      } finally {
        process.kill(gateway.pid, 'SIGCONT');
        await other?.terminate();
        rmSync(directory, { recursive: true, force: true });
      }
    },
    TIMEOUT_MS,
  );
});

/** Batches of stored lines, one after the other, so that at each kill the files of one are about to be written. */
class SmallBatches {
  static readonly requests = Array.from({ length: 20 }, (_, index) =>
    line(`small-${index}`, `small ${index}`, { model: LIVE }),
  );
  private readonly ids: string[] = [];
  private readonly running: Promise<void>;
  private stopped = false;

  constructor(private readonly batches: BatchClient) {
    this.running = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.running;
  }

  async ended(): Promise<GatewayBatch[]> {
    const all: GatewayBatch[] = [];
    for (const id of this.ids) all.push(await this.batches.ended(id));
    return all;
  }

  private async run(): Promise<void> {
    while (!this.stopped) {
      // A creation that a kill cut off may have been made; it is of no interest here.
      const batch = await this.batches.create({ requests: SmallBatches.requests }).catch(() => undefined);
      if (batch) {
        this.ids.push(batch.id);
        await this.batches.ended(batch.id).catch(() => undefined);
      }
      await delay(100);
    }
  }
}

function configOf(fake: FakeOpenAi): string {
  return `
providers:
  own: { type: openai-compatible, base_url: "${fake.baseUrl}", api_key: sk-own-1234567890 }
models:
  ${LIVE}: { deployments: [{ provider: own, model: ${LIVE} }] }
prices:
  ${LIVE}: { input_usd_per_mtok: "1", output_usd_per_mtok: "4" }
`;
}
