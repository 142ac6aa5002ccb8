import { setTimeout as delay } from 'node:timers/promises';
import { FALLBACK, MODELS } from './models.mjs';
import { FAILING } from './moments.mjs';
import { around, numbers, weighted } from './random.mjs';

const BATCH_EVERY_MS = 10 * 60_000;
const OUTAGE_EVERY_MS = 12 * 60_000;
const OUTAGE_MS = 90_000;
const TOPICS = [
  '환불 규정',
  '배송 조회',
  '무선 이어폰 추천',
  '회의록 요약',
  'API timeout',
  'SQL query plan',
  '계약 해지 조항',
  '주간 보고',
];
const SENTENCE = '다음 문서를 읽고 핵심을 세 문장으로 요약한 뒤 고객에게 보낼 답장을 작성해 주세요. ';

/**
 * Calls, a batch now and then, and minutes in which a provider fails, as long as the demo runs.
 *
 * @param {{url: string, call: Function, send: Function}} gateway
 * @param vendors the stand-in of the vendors
 * @param {{teams: object[]}} company with the secrets of keys
 */
export class LiveTraffic {
  isStopped = false;
  hasFailed = false;
  running = new Set();
  scripts = new Map();

  constructor(gateway, vendors, { teams, seed }) {
    Object.assign(this, { gateway, vendors, teams, random: numbers(seed + 9) });
    this.weights = Object.fromEntries(teams.map(({ name, calls }) => [name, calls]));
    this.startedAt = Date.now();
    this.nextBatchMs = 0;
  }

  /** Runs until `stop`. @param callsASecond on average */
  async run(callsASecond) {
    while (!this.isStopped) {
      this.startBatch();
      this.keep(this.ask());
      await delay(around(1000 / callsASecond, 0.6, this.random));
    }
    await Promise.all(this.running);
  }

  stop() {
    this.isStopped = true;
  }

  /** A call as those of the past. What fails is what is to be seen. */
  async ask() {
    const { random } = this;
    const chosen = weighted(this.weights, random);
    const team = this.teams.find(({ name }) => name === chosen);
    const keys = team.keys.filter(({ batch, until, share }) => !batch && !until && share > 0);
    const { secret, bypass } = keys[Math.floor(random() ** 2 * keys.length)];
    const model = weighted(team.mix, random);
    const topic = TOPICS[Math.floor(random() ** 2 * TOPICS.length)];
    const serial = random() < 0.45 ? Math.floor(random() * 1e6) : Math.floor(random() * 12);
    const text = `${topic} ${serial}. ${SENTENCE.repeat(20)}`;
    this.slow(model);
    if (model.startsWith('text-embedding'))
      return this.gateway.send('POST', '/v1/embeddings', { model, input: text }, secret);
    const messages = [{ role: 'user', content: text }];
    const body = { model, messages, stream: random() < team.streams, ...(bypass && { use_cache: false }) };
    const headers = { 'x-gateway-tags': weighted(team.tags, random) };
    return this.gateway.send('POST', '/v1/chat/completions', body, secret, headers);
  }

  /** Vendors take their time, and write answers of some length; one of them fails for some minutes now and then. */
  slow(model) {
    const { provider, asks, firstMs } = MODELS[model];
    const vendor = ['anthropic', 'gemini'].includes(provider) ? provider : 'openai';
    const delayMs = Math.round(around(firstMs, 0.3, this.random));
    const words = 120 + Math.floor(240 * this.random());
    const isOut = provider === FAILING && this.isOutage();
    this.script(vendor, asks ?? model, isOut ? { status: 503 } : { delayMs, words });
    if (isOut) this.script('openai', FALLBACK.model, { delayMs, words });
  }

  /** Replaces what a vendor does with calls of a model. */
  script(vendor, model, directives) {
    const name = `${vendor} ${model}`;
    this.scripts.get(name)?.();
    this.scripts.set(name, this.vendors[vendor].script(directives, { model }));
  }

  isOutage() {
    return (Date.now() - this.startedAt) % OUTAGE_EVERY_MS >= OUTAGE_EVERY_MS - OUTAGE_MS;
  }

  startBatch() {
    if (Date.now() < this.nextBatchMs) return;
    this.nextBatchMs = Date.now() + BATCH_EVERY_MS;
    const team = batchTeam(this.teams);
    this.keep(
      submitBatch(this.gateway, team, {
        lines: 60,
        bad: 1,
        name: `실시간 라벨 ${new Date().toISOString().slice(11, 16)}`,
      }),
    );
  }

  /** Prints the first error alone: what fails at each call does not fill the terminal. */
  report(error) {
    if (!this.hasFailed) console.error(`demo: ${error.message}`);
    this.hasFailed = true;
  }

  keep(work) {
    const settled = work.catch((error) => this.report(error)).finally(() => this.running.delete(settled));
    this.running.add(settled);
  }
}

/** The team that sends batches all day: its budget has room for what a vendor's batch may cost. */
export function batchTeam(teams) {
  return teams.findLast(({ keys }) => keys.some(({ batch }) => batch));
}

/** Sends a batch. @param bad how many of its lines the vendor refuses */
export function submitBatch(gateway, team, { lines, bad, name }) {
  const { secret } = team.keys.find(({ batch }) => batch);
  const body = (at) => `${name} ${at}: ${SENTENCE.repeat(8)}${at <= bad ? ' [[status=400]]' : ''}`;
  const requests = Array.from({ length: lines }, (_, at) => ({
    custom_id: `${name.replaceAll(' ', '-')}-${at + 1}`,
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'gpt-4.1-mini', messages: [{ role: 'user', content: body(at + 1) }] },
  }));
  const batch = { endpoint: '/v1/chat/completions', completion_window: '24h', requests, metadata: { name } };
  return gateway.call('POST', '/v1/batches', batch, secret);
}
