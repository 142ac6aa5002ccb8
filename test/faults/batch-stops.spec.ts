import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { formatUsd } from '../../src/common/money';
import { BatchClient, type GatewayBatch } from '../support/batch-client';
import { type BatchRow, rowsOfBatch, sumOf } from '../support/batches/batch-rows';
import {
  FourVendors,
  MODELS,
  type RanLine,
  VENDORS,
  type VendorLog,
  type VendorName,
} from '../support/batches/four-vendors';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { seeded } from '../support/seeded';

/** The long form is `CANCELS=1000 ESCALATIONS=200`. */
const CANCELS = Number(process.env.CANCELS ?? 12);
const ESCALATIONS = Number(process.env.ESCALATIONS ?? 6);
const random = seeded(Number(process.env.SEED ?? 1));
const TIMEOUT_MS = 180_000 + (CANCELS + ESCALATIONS) * 5_000;
/** How many batches run at once. */
const LANES = 6;
/** A batch of these takes about so long on a busy machine, in milliseconds. */
const LONG_MS = 3_000;
/** So slow that a busy gateway, too, asks for the end while lines run. */
const PACE = { validatingMs: 50, inProgressMs: 20_000, finalizingMs: 50 };
/** Others run all lines at once, after this time. */
const OTHERS_MS = 2_000;
/** Vendors are asked to stop within this time. */
const STOPS_WITHIN_MS = 6_000;
const ESCALATE = join(__dirname, '../support/batches/escalates-at-random.cjs');

/** Of a provider without batches, which is at Groq's address. */
const LIVE = 'live-model';
const LINES_OF_EACH = 8;
const WAYS = [...VENDORS, 'own'] as const;

/** Pico-dollars per token. */
const PRICE = { input: 2_000_000n, output: 10_000_000n };
const usd = (pusd: bigint) => formatUsd(pusd * 1_000_000n);
const PRICED = `{ input_usd_per_mtok: "${usd(PRICE.input)}", output_usd_per_mtok: "${usd(PRICE.output)}" }`;
const listOf = ({ inputTokens, outputTokens }: RanLine) =>
  BigInt(inputTokens) * PRICE.input + BigInt(outputTokens) * PRICE.output;

/** A batch that has ended, with its rows of the ledger. */
interface Ended {
  name: string;
  batch: GatewayBatch;
  output: string[];
  errors: { id: string; code: string | undefined }[];
  rows: BatchRow[];
}

describe('batches that end before their vendors have', () => {
  let vendors: FourVendors;
  let gateway: RunningGateway;
  let batches: BatchClient;

  beforeAll(async () => {
    vendors = await FourVendors.start();
    for (const fake of [vendors.three.openai, vendors.groq]) fake.setBatchPace(PACE);
    vendors.three.anthropic.batches.runsMs = OTHERS_MS;
    vendors.three.gemini.batches.runsMs = OTHERS_MS;
    gateway = await startGateway({
      env: {
        ...vendors.env,
        NODE_OPTIONS: `--require ${ESCALATE}`,
        ESCALATES_WITHIN_MS: String(STOPS_WITHIN_MS),
        BATCH_CONCURRENCY: '64',
      },
      configFile: `
providers:
  own: { type: openai-compatible, base_url: "${vendors.groq.baseUrl}", api_key: sk-own-1234567890 }
models:
  ${LIVE}: { deployments: [{ provider: own, model: ${LIVE} }] }
prices:
${[...Object.values(MODELS), LIVE].map((model) => `  "${model}": ${PRICED}`).join('\n')}
`,
    });
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
  });
  afterAll(async () => {
    await gateway?.stop();
    await vendors?.stop();
  });

  /** Whether OpenAI has run a line of a batch. */
  const hasBegun = (name: string) =>
    vendors.three.openai.batchLines.slice(-200).some(({ body }) => JSON.stringify(body).includes(`${name}-`));

  /** Runs some batches at once until there were `count`. @param meanwhile what is done to each while it runs */
  const runAll = async (
    story: string,
    count: number,
    members: object,
    meanwhile: (id: string, name: string) => Promise<unknown> = async () => undefined,
  ): Promise<Ended[]> => {
    const ended: Ended[] = [];
    let begun = 0;
    const lane = async () => {
      while (begun < count) {
        const name = `${story}-${begun++}`;
        const { id } = await batches.create({ requests: linesOf(name), completion_window: '24h', ...members });
        await meanwhile(id, name);
        const batch = await batches.ended(id);
        const [output, errors] = [
          await batches.resultsOf(batch.output_file_id),
          await batches.resultsOf(batch.error_file_id),
        ];
        ended.push({
          name,
          batch,
          output: output.map(({ custom_id: each }) => each),
          errors: errors.map(({ custom_id: each, error }) => ({ id: each, code: error?.code })),
          rows: await rowsOfBatch(gateway, id),
        });
      }
    };
    await Promise.all(Array.from({ length: LANES }, lane));
    return ended;
  };

  it(
    `B3: ${CANCELS} batches that are cancelled at random instants have all they ran, and nothing else`,
    async () => {
      // Half of them at any time from their beginning on, half of them while vendors run them.
      const cancel = async (id: string, name: string) => {
        if (random() < 0.5) await delay(random() * LONG_MS);
        else await eventually(() => hasBegun(name) || undefined, 60_000).then(() => delay(random() * OTHERS_MS));
        const { status } = await gateway.request('POST', `/v1/batches/${id}/cancel`, batches.key);
        expect([200, 409]).toContain(status);
      };
      const all = await runAll('cancel', CANCELS, {}, cancel);
      const ran = byBatch(vendors.log('cancel-'));
      let delivered = 0;
      for (const { name, batch, output, errors, rows } of all) {
        const ids = linesOf(name).map(({ custom_id }) => custom_id);
        expect([...output, ...errors.map(({ id }) => id)].toSorted()).toEqual(ids.toSorted());
        expect(new Set(errors.map(({ code }) => code)).size).toBeLessThanOrEqual(1);
        expect(errors.map(({ code }) => code ?? '').every((code) => code === 'batch_cancelled')).toBe(true);
        expect(batch.status).toBe(batch.cancelled_at ? 'cancelled' : 'completed');
        expect(batch.request_counts).toEqual({ total: ids.length, completed: output.length, failed: 0 });
        expectCharges({ name, batch, output, rows }, ran.get(name) ?? []);
        delivered += output.length;
      }
      const left = all.reduce((sum, { errors }) => sum + errors.length, 0);
      expect([delivered > 0, left > 0]).toEqual([true, true]);
      process.stderr.write(`${CANCELS} cancelled batches: ${delivered} lines ran, ${left} did not\n`);
    },
    TIMEOUT_MS,
  );

  it(
    `escalates ${ESCALATIONS} batches at random instants: each line runs once, at the vendor's price for it`,
    async () => {
      const all = await runAll('escalate', ESCALATIONS, { gateway: { escalate: true } });
      const ran = byBatch(vendors.log('escalate-'));
      let escalated = 0;
      for (const { name, batch, output, errors, rows } of all) {
        const ids = linesOf(name).map(({ custom_id }) => custom_id);
        expect([batch.status, output, errors]).toEqual(['completed', ids, []]);
        expectCharges({ name, batch, output, rows }, ran.get(name) ?? []);
        const live = (ran.get(name) ?? []).filter(({ isLive, line }) => isLive && wayOf(line) !== 'own');
        expect(batch.gateway.escalated).toBe(live.length);
        escalated += live.length;
      }
      const most = ESCALATIONS * LINES_OF_EACH * VENDORS.length;
      expect([escalated > 0, escalated < most]).toEqual([true, true]);
      process.stderr.write(`${ESCALATIONS} escalated batches: ${escalated} of ${most} lines ran live\n`);
    },
    TIMEOUT_MS,
  );
});

/** A line as a vendor ran it. */
interface Run {
  line: RanLine;
  customId: string;
  isLive: boolean;
}

function linesOf(name: string) {
  return WAYS.flatMap((way) =>
    Array.from({ length: LINES_OF_EACH }, (_, index) => ({
      custom_id: `${name}-${way}-${index}.`,
      url: '/v1/chat/completions',
      body: {
        model: way === 'own' ? LIVE : MODELS[way as VendorName],
        messages: [
          { role: 'user', content: `${name}-${way}-${index}. ${way === 'own' ? `[[delay=${index * 100}]]` : ''}` },
        ],
        max_tokens: 100,
      },
    })),
  );
}

const CUSTOM_ID = /((?:cancel|escalate)-\d+)-(\w+)-\d+\./;
const wayOf = ({ text }: RanLine) => CUSTOM_ID.exec(text)?.[2];

function byBatch({ inBatches, live }: VendorLog): Map<string, Run[]> {
  const runs = new Map<string, Run[]>();
  const add = (isLive: boolean) => (line: RanLine) => {
    const [customId = '', name = ''] = CUSTOM_ID.exec(line.text) ?? [];
    runs.set(name, [...(runs.get(name) ?? []), { line, customId, isLive }]);
  };
  inBatches.forEach(add(false));
  live.forEach(add(true));
  return runs;
}

/** What vendors ran was delivered once, and cost what they charge for it. */
function expectCharges({ batch, output, rows }: Pick<Ended, 'name' | 'batch' | 'output' | 'rows'>, runs: Run[]): void {
  expect(runs.map(({ customId }) => customId).toSorted()).toEqual(output.toSorted());
  const charged = runs.reduce((sum, { line, isLive }) => sum + listOf(line) / (isLive ? 1n : 2n), 0n);
  expect(sumOf(rows, 'cost_usd')).toBe(charged);
  expect(batch.gateway.cost_usd).toBe(formatUsd(charged));
  const settled = rows.filter(({ state }) => state === 'settled');
  expect(settled.map(({ custom_id }) => custom_id).toSorted()).toEqual(output.toSorted());
  expect(rows.filter(({ state }) => state !== 'settled' && state !== 'failed')).toEqual([]);
}
