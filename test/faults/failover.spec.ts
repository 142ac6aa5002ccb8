import { setTimeout as delay } from 'node:timers/promises';
import { parseUsd } from '../../src/common/money';
import type { Directives } from '../support/fake-openai/directives';
import type { FakeCall } from '../support/fake-openai/call-log';
import { FakeOpenAi } from '../support/fake-openai/fake-openai';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { seeded } from '../support/seeded';

/** How long the faults go on; the long form is `DRILL_MS=600000`. */
const DRILL_MS = Number(process.env.DRILL_MS ?? 27_000);
/** How long each pair of faults lasts. */
const PHASE_MS = Number(process.env.DRILL_PHASE_MS ?? 4_000);
/** In the long form the bars are 5 and 15 seconds, for a machine that does nothing else. */
const OPEN_MS = Number(process.env.DRILL_OPEN_MS ?? PHASE_MS);
const CLOSED_MS = Number(process.env.DRILL_CLOSED_MS ?? 30_000);
/** Between two pairs of faults, so that no call meets both: it would find no deployment that is well all the time. */
const GAP_MS = 1_500;
const CALLS_A_SECOND = 50;
const ANSWERED_SHARE = 0.999;
const random = seeded(Number(process.env.SEED ?? 1));

const FAULTS: Record<string, Directives | 'refused'> = {
  refused: 'refused',
  reset: { reset: true },
  'rate limit': { status: 429, retryAfterSeconds: 1 },
  'server error': { status: 503 },
  hang: { delayMs: 60_000 },
  garbage: { garbage: true },
  'half a stream': { cutAfter: 3 },
  'slow drip': { ttftMs: 3_000, gapMs: 100 },
  'HTML with 200': { html: true },
};

/** A vendor that breaks and recovers, on one port. */
class Vendor {
  readonly calls: FakeCall[] = [];
  private mend: (() => void) | undefined;

  private constructor(
    readonly name: string,
    private fake: FakeOpenAi,
  ) {}

  static async start(name: string): Promise<Vendor> {
    return new Vendor(name, await FakeOpenAi.start());
  }

  get baseUrl(): string {
    return this.fake.baseUrl;
  }

  async break(fault: Directives | 'refused'): Promise<void> {
    if (fault !== 'refused') return void (this.mend = this.fake.script(fault, { times: Infinity }));
    const port = Number(new URL(this.fake.baseUrl).port);
    await this.stop();
    this.mend = () => undefined;
    this.restart = async () => void (this.fake = await FakeOpenAi.start({ port }));
  }

  async recover(): Promise<void> {
    this.mend?.();
    this.mend = undefined;
    await this.restart?.();
    this.restart = undefined;
  }

  async stop(): Promise<void> {
    await this.fake.stop();
    this.calls.push(...this.fake.calls);
  }

  private restart: (() => Promise<void>) | undefined;
}

interface Outcome {
  status: number;
  /** The text of a stream or of an error, or nothing. */
  text: string;
  isStream: boolean;
}

interface Broken {
  vendor: string;
  fault: string;
  fromMs: number;
  untilMs: number;
}

describe(`three deployments with faults of every kind, ${DRILL_MS / 1000} s at ${CALLS_A_SECOND} calls a second`, () => {
  const vendors: Vendor[] = [];
  const outcomes: Promise<Outcome>[] = [];
  const broken: Broken[] = [];
  let gateway: RunningGateway;
  let key: string;
  let load: NodeJS.Timeout;

  beforeAll(async () => {
    for (const name of ['one', 'two', 'three']) vendors.push(await Vendor.start(name));
    const providers = vendors.map(
      ({ name, baseUrl }) =>
        `  ${name}: { type: openai-compatible, base_url: "${baseUrl}", api_key: "sk-${name}-123456" }`,
    );
    gateway = await startGateway({
      configFile: `
providers:
${providers.join('\n')}
models:
  resilient:
    timeouts: { connect_ms: 1000, first_byte_ms: 1500, idle_ms: 1500, total_ms: 15000 }
    deployments: [${vendors.map(({ name }) => `{ provider: ${name}, model: gpt-4.1 }`).join(', ')}]
`,
    });
    ({ key } = await gateway.createKey());
    let number = 0;
    load = setInterval(() => outcomes.push(call((number += 1))), 1000 / CALLS_A_SECOND);
  });
  afterAll(async () => {
    clearInterval(load);
    await gateway?.stop();
    for (const vendor of vendors) await vendor.stop().catch(() => undefined);
  });

  const call = async (number: number): Promise<Outcome> => {
    const isStream = number % 5 === 0;
    const { status, body } = await gateway.chat(key, `call ${number}`, { model: 'resilient', stream: isStream });
    return { status, text: typeof body === 'string' ? body : JSON.stringify(body.error ?? ''), isStream };
  };

  /** When breakers of a vendor's deployment opened, or closed. */
  const timesOf = (vendor: string, what: 'opened' | 'closed'): number[] =>
    gateway.output
      .split('\n')
      .filter((line) => line.includes(`A breaker ${what}`) && line.includes(`"deployment ${vendor}/`))
      .map((line) => new Date(JSON.parse(line).time).getTime());

  const isClosed = (vendor: string) =>
    (timesOf(vendor, 'closed').at(-1) ?? 0) >= (timesOf(vendor, 'opened').at(-1) ?? 0);

  it(
    'are answered as one, with retries within their budget and each attempt charged once',
    async () => {
      const names = Object.keys(FAULTS);
      const until = Date.now() + DRILL_MS;
      for (let phase = 0; Date.now() < until; phase += 1) {
        const well = Math.floor(random() * vendors.length);
        const breaking = vendors.filter((_, index) => index !== well);
        const fromMs = Date.now();
        for (const [index, vendor] of breaking.entries()) {
          const fault = names[(phase * 2 + index) % names.length] ?? '';
          await vendor.break(FAULTS[fault] ?? {});
          broken.push({ vendor: vendor.name, fault, fromMs, untilMs: fromMs + PHASE_MS });
        }
        await delay(PHASE_MS);
        for (const vendor of breaking) await vendor.recover();
        await delay(GAP_MS);
      }
      const recoveredMs = Date.now();
      await eventually(() => vendors.every(({ name }) => isClosed(name)) || undefined);
      clearInterval(load);
      const ended = await Promise.all(outcomes);
      const rows = await gateway.allRows();
      for (const vendor of vendors) await vendor.stop();

      checkAnswers(ended);
      checkBreakers(recoveredMs);
      checkRetries(rows);
      checkCharges(rows);
    },
    DRILL_MS + 180_000,
  );

  /** A stream that broke off after its first content is no answer, but nothing can be asked again: it says that it broke. */
  function checkAnswers(ended: Outcome[]): void {
    const cut = ended.filter(({ status, text }) => status === 200 && text.includes('"error"'));
    const whole = ended.filter(
      ({ status, text, isStream }) => status === 200 && (!isStream || text.includes('[DONE]')),
    );
    const failed = ended.filter(({ status }) => status !== 200);
    process.stderr.write(
      `${ended.length} calls, ${failed.length} failed, ${cut.length} streams broke off\n${failed.map(({ text }) => text).join('\n')}\n`,
    );
    expect(whole.length + cut.length + failed.length).toBe(ended.length);
    expect(failed.length).toBeLessThanOrEqual(Math.ceil(ended.length * (1 - ANSWERED_SHARE)));
    const halves = broken.filter(({ fault }) => fault === 'half a stream').length;
    expect(cut.length).toBeLessThanOrEqual(10 * Math.max(1, halves));
  }

  function checkBreakers(recoveredMs: number): void {
    for (const { vendor, fault, fromMs, untilMs } of broken) {
      // Slow answers are answers.
      if (fault === 'slow drip') continue;
      const opened = timesOf(vendor, 'opened').filter((ms) => ms <= Math.min(fromMs + OPEN_MS, untilMs));
      const closed = timesOf(vendor, 'closed').filter((ms) => ms <= fromMs);
      // It opened during the fault, or was open when the fault began.
      const isOpen = opened.some((ms) => ms >= fromMs) || (opened.at(-1) ?? 0) > (closed.at(-1) ?? 0);
      expect([vendor, fault, isOpen]).toEqual([vendor, fault, true]);
    }
    for (const { name } of vendors) {
      const closedMs = timesOf(name, 'closed').at(-1) ?? 0;
      expect([name, isClosed(name), closedMs - recoveredMs <= CLOSED_MS]).toEqual([name, true, true]);
    }
  }

  /** A retry is another attempt of a call at the same deployment. */
  function checkRetries(rows: any[]): void {
    for (const { name } of vendors) {
      const attempts = rows.filter(({ provider }) => provider === name);
      const calls = new Set(attempts.map((row) => row.request_id)).size;
      const seconds = DRILL_MS / 1000 + 30;
      expect(attempts.length - calls).toBeLessThanOrEqual(Math.max(calls * 0.1, seconds) + 10);
    }
  }

  /** No attempt is charged that its vendor has not billed, none twice, and each answer is charged as its vendor bills it. */
  function checkCharges(rows: any[]): void {
    for (const { name, calls } of vendors) {
      const billed = calls.filter((each) => each.billed !== undefined);
      const attempts = rows.filter((row) => row.provider === name);
      // Whether a vendor worked for an attempt that timed out is not known: it counts as charged.
      const charged = attempts.filter((row) => row.state === 'settled' && parseUsd(row.cost_usd) > 0n);
      const bills = countBy(billed.map((each) => each.requestId));
      const twice = [...countBy(charged.map((row) => row.request_id))].filter(
        ([id, count]) => count > (bills.get(id) ?? 0),
      );
      expect([name, twice]).toEqual([name, []]);
      // What a vendor billed for an answer that could not be used may be unknown; then the row says that it is an estimate.
      const missed = attempts.filter((row) => bills.has(row.request_id) && row.cost_usd === '0' && !row.estimated);
      const ofOther = missed.filter(
        (row) => !attempts.some((each) => each.request_id === row.request_id && each.cost_usd !== '0'),
      );
      expect([name, ofOther]).toEqual([name, []]);
      const tokens = new Map(billed.map((each) => [each.requestId, each.billed]));
      for (const row of charged.filter(({ estimated }) => !estimated))
        expect(row.output_tokens).toBe(tokens.get(row.request_id)?.completion_tokens);
    }
  }
});

function countBy(ids: (string | undefined)[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const id of ids) counts.set(id ?? '', (counts.get(id ?? '') ?? 0) + 1);
  return counts;
}
