import { join } from 'node:path';
import { BatchClient, type GatewayBatch, type ResultLine } from '../support/batch-client';
import { rowsOfBatch } from '../support/batches/batch-rows';
import { poisonOf, POISONED_LINES, POISONS, PoisonousVendor } from '../support/batches/poison';
import { type RunningGateway, startGateway } from '../support/gateway';

/** How many lines are poisoned; the long form is `POISON_LINES=10000`. */
const LINES = Number(process.env.POISON_LINES ?? 120);
/** After each crash another process waits for the leases of the lines, half a minute. */
const CRASHES = LINES > 1_000 ? 5 : 1;
const TIMEOUT_MS = 180_000 + LINES * 150;
const CRASHING = join(__dirname, '../support/batches/crashes.cjs');
/** Of a provider without batches. */
const LIVE = 'poisonous';

describe('B4: poisoned lines of a batch fail alone', () => {
  let vendor: PoisonousVendor;
  let gateway: RunningGateway;
  let batches: BatchClient;
  const watch = { over: false };
  let restarting: Promise<void>;
  let restarts = 0;

  beforeAll(async () => {
    vendor = await PoisonousVendor.start();
    gateway = await startGateway({
      env: { NODE_OPTIONS: `--require ${CRASHING}`, BATCH_CONCURRENCY: '64' },
      configFile: `
providers:
  own: { type: openai-compatible, base_url: "${vendor.baseUrl}", api_key: sk-own-1234567890 }
models:
  ${LIVE}: { deployments: [{ provider: own, model: ${LIVE} }] }
prices:
  ${LIVE}: { input_usd_per_mtok: "1", output_usd_per_mtok: "4" }
`,
    });
    gateway.fake.rewriteBatchLines((text, body) => {
      const poison = POISONED_LINES[poisonOf(JSON.stringify(body)) ?? ''];
      return poison ? poison(JSON.parse(text)) : [text];
    });
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
    restarting = restart();
  });
  afterAll(async () => {
    watch.over = true;
    await restarting;
    await gateway?.stop();
    await vendor?.stop();
  });

  /** Starts the process again whenever it has crashed. */
  const restart = async () => {
    while (!watch.over) {
      if (!isAlive(gateway.pid)) {
        restarts += 1;
        await gateway.kill();
        await gateway.start();
      }
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  };
  const ended = async (id: string): Promise<GatewayBatch> => {
    for (const start = Date.now(); Date.now() - start < TIMEOUT_MS;) {
      const batch = await batches.ended(id).catch(() => undefined);
      if (batch) return batch;
    }
    throw new Error(`${id} did not end`);
  };
  const run = async (requests: object[], members: object): Promise<[GatewayBatch, ResultLine[], ResultLine[]]> => {
    const { id: fileId } = await batches.openai.files.create({
      file: new File([requests.map((each) => JSON.stringify(each)).join('\n')], 'lines.jsonl'),
      purpose: 'batch',
    });
    const { id } = await batches.create({ input_file_id: fileId, ...members });
    const batch = await ended(id);
    return [batch, await batches.resultsOf(batch.output_file_id), await batches.resultsOf(batch.error_file_id)];
  };

  it(
    `among ${LINES} live lines with every kind of bad answer`,
    async () => {
      const kinds = Object.keys(POISONS);
      // Long answers are many megabytes in all.
      const kindOf = (index: number) => kinds[index % kinds.length] ?? '';
      const poisoned = Array.from({ length: LINES }, (_, index) =>
        lineOf(`${kindOf(index)} ${index}`, `[[poison=${kindOf(index)}]] ${index}`),
      );
      const good = Array.from({ length: LINES / 4 }, (_, index) => lineOf(`good ${index}`, `good ${index}`));
      const requests = mixed(poisoned, good);
      const [batch, output, errors] = await run(requests, {});
      expect([...output, ...errors].map(({ custom_id }) => custom_id).toSorted()).toEqual(
        requests.map(({ custom_id }) => custom_id).toSorted(),
      );
      const endOf = (customId: string) => POISONS[customId.split(' ')[0] ?? '']?.end ?? 'done';
      const wrong = [
        ...output.filter(({ custom_id }) => endOf(custom_id) !== 'done'),
        ...errors.filter(({ custom_id }) => endOf(custom_id) !== 'failed'),
      ];
      expect(wrong).toEqual([]);
      for (const { response } of errors) expect(response?.status_code).toBeGreaterThanOrEqual(400);
      expect(batch).toMatchObject({
        status: 'completed',
        request_counts: { total: requests.length, completed: output.length, failed: errors.length },
      });
    },
    TIMEOUT_MS,
  );

  it(
    "among lines whose vendor's output file is broken; what it lacks runs live",
    async () => {
      const kinds = Object.keys(POISONED_LINES);
      const count = Math.ceil(LINES / kinds.length);
      const poisoned = Array.from({ length: count * kinds.length }, (_, index) => {
        const kind = kinds[index % kinds.length] ?? '';
        return lineOf(`${kind} ${index}`, `[[poison=${kind}]] ${index}`, 'gpt-4.1');
      });
      const good = Array.from({ length: count }, (_, index) => lineOf(`fine ${index}`, `fine ${index}`, 'gpt-4.1'));
      const requests = mixed(poisoned, good);
      const [batch, output, errors] = await run(requests, { completion_window: '24h' });
      expect([...output, ...errors].map(({ custom_id }) => custom_id).toSorted()).toEqual(
        requests.map(({ custom_id }) => custom_id).toSorted(),
      );
      expect(batch.request_counts).toEqual({
        total: requests.length,
        completed: output.length,
        failed: errors.length,
      });
      const unanswered = ['line-without-body', 'line-with-text'];
      const failed = new Set(errors.map(({ custom_id }) => custom_id.split(' ')[0] ?? ''));
      expect([...failed].filter((kind) => !unanswered.includes(kind))).toEqual([]);
      // Each line was charged by the vendor's batch once, whatever its answer was.
      const rows = await rowsOfBatch(gateway, batch.id);
      expect(rows.filter(({ state }) => state === 'dispatched' || state === 'unknown')).toEqual([]);
      const paid = rows.filter(({ saved_by }) => saved_by === 'batch').map(({ custom_id }) => custom_id);
      expect(paid.length).toBe(new Set(paid).size);
    },
    TIMEOUT_MS,
  );

  it(
    `among lines that crash the gateway, which are started twice and then given up`,
    async () => {
      const crashing = Array.from({ length: CRASHES }, (_, index) => lineOf(`crash ${index}`, `[[crash]] ${index}`));
      const good = Array.from({ length: 100 }, (_, index) => lineOf(`beside ${index}`, `beside ${index}`));
      const before = restarts;
      const [batch, output, errors] = await run(mixed(good, crashing), {});
      expect(output.map(({ custom_id }) => custom_id).toSorted()).toEqual(
        good.map(({ custom_id }) => custom_id).toSorted(),
      );
      expect(errors.map(({ custom_id, error }) => [custom_id, error?.code]).toSorted()).toEqual(
        crashing.map(({ custom_id }) => [custom_id, 'line_crashed_gateway']),
      );
      expect(batch.status).toBe('completed');
      // Once together or alone, and once more alone.
      expect(restarts - before).toBeLessThanOrEqual(2 * CRASHES);
    },
    TIMEOUT_MS,
  );
});

function lineOf(customId: string, content: string, model = LIVE) {
  return {
    custom_id: customId,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model, messages: [{ role: 'user', content }] },
  };
}

/** The items of two lists, those of the second one evenly among those of the first one. */
function mixed<Item>(many: Item[], few: Item[]): Item[] {
  const every = Math.ceil(many.length / few.length);
  return many.flatMap((item, index) => [
    item,
    ...(index % every === 0 ? few.slice(index / every, index / every + 1) : []),
  ]);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
