import { setTimeout as delay } from 'node:timers/promises';
import { type Cell, EVERY_CELL, mayBeStored, modelOf, NOT_AT_FIRST, promptOf } from '../support/admission/cell';
import { eventually } from '../support/eventually';
import type { FakeCall } from '../support/fake-openai/call-log';
import { FakeOpenAi } from '../support/fake-openai/fake-openai';
import { type RunningGateway, startGateway } from '../support/gateway';

/** Every cell once, or repeated up to this number. */
const WRITES = Math.max(EVERY_CELL.length, Number(process.env.WRITES ?? 0));
const AT_ONCE = 48;
const TOOLS = [{ type: 'function', function: { name: 'look_up', parameters: {} } }];

/** A cell has deployments of its own, because failures count: a breaker or a retry budget would mix the cells. */
const modelOfCell = (cell: Cell) => `${modelOf(cell)}-${EVERY_CELL.indexOf(cell)}`;
const deployments = (answeredBy: string, index: number) =>
  ({
    first: `[{ provider: openai, model: gate-a-${index}, priority: 1 }]`,
    same_model: `[{ provider: openai, model: gate-a-${index}, priority: 1 }, { provider: backup, model: gate-a-${index}, priority: 2 }]`,
    other_model: `[{ provider: openai, model: gate-a-${index}, priority: 1 }, { provider: backup, model: gate-b-${index}, priority: 2 }]`,
  })[answeredBy];
const PRICE = '{ input_usd_per_mtok: "2.00", output_usd_per_mtok: "8.00" }';
const CONFIG = `
providers:
  backup: { type: openai-compatible, base_url: "\${BACKUP_URL}", api_key: "sk-backup-1234567890" }
models:
${EVERY_CELL.map((cell, index) => {
  const keeps = modelOf(cell).endsWith('-keeper') ? ', cache: { store_tool_calls: true }' : '';
  return `  ${modelOfCell(cell)}: { deployments: ${deployments(cell.answeredBy, index)}${keeps} }`;
}).join('\n')}
prices:
${EVERY_CELL.map((_, index) => `  gate-a-${index}: ${PRICE}\n  gate-b-${index}: ${PRICE}`).join('\n')}
`;

/** C3: every effect of an upstream, a client or a cache directive on a response, and what the cache then has. */
describe(`${WRITES} responses in the ${EVERY_CELL.length} cells of the admission matrix`, () => {
  let gateway: RunningGateway;
  let backup: FakeOpenAi;
  let key: string;

  beforeAll(async () => {
    backup = await FakeOpenAi.start();
    gateway = await startGateway({
      configFile: CONFIG,
      env: {
        BACKUP_URL: backup.baseUrl,
        CACHE_MEMORY_MB: '1024',
        DRAIN_TIMEOUT_S: '5',
      },
    });
    gateway.fake.script({ status: 500 }, { prompt: NOT_AT_FIRST });
    ({ key } = await gateway.createKey());
  });

  /** A new model version starts a generation, so that each deployment responds once before anything is counted. */
  const warmUp = async (cell: Cell) => {
    const prompts = cell.answeredBy === 'first' ? [''] : ['', NOT_AT_FIRST];
    for (const prompt of prompts) await gateway.chat(key, prompt, { model: modelOfCell(cell), use_cache: false });
  };

  afterAll(async () => {
    await gateway?.stop();
    await backup?.stop();
  });

  /** @param of the cell whose deployments are asked */
  const bodyOf = (cell: Cell, name: string, of = cell) => ({
    model: modelOfCell(of),
    messages: [{ role: 'user', content: promptOf(cell, name) }],
    ...(cell.choices !== '1' && { n: Number(cell.choices) }),
    ...(cell.tools !== 'none' && { tools: TOOLS }),
  });
  const controlOf = ({ control }: Cell): object =>
    ({
      none: {},
      'no-cache': { cache: { 'no-cache': true } },
      'no-store': { cache: { 'no-store': true } },
      'no-store header': {},
      use_cache: { use_cache: false },
      'max-age': { cache: { 's-maxage': 60 } },
    })[control];
  const post = (body: object, headers: Record<string, string>, signal?: AbortSignal) =>
    fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      ...(signal && { signal }),
    });

  /** How often each prompt reached an upstream; reads only the new part of the logs. */
  const asked = new Map<string, number>();
  const read = new Map<FakeOpenAi, number>();
  const askedFor = (prompt: string) => {
    for (const vendor of [gateway.fake, backup]) {
      const from = read.get(vendor) ?? 0;
      for (const { body } of vendor.calls.slice(from)) {
        const { content } = (body as { messages: { content: string }[] }).messages[0] ?? { content: '' };
        asked.set(content, (asked.get(content) ?? 0) + 1);
      }
      read.set(vendor, vendor.calls.length);
    }
    return asked.get(prompt) ?? 0;
  };

  /** Makes one call of the cell; does not wait for a response whose client disconnects. */
  const ask = async (cell: Cell, name: string, of = cell): Promise<void> => {
    const headers: Record<string, string> = cell.control === 'no-store header' ? { 'cache-control': 'no-store' } : {};
    const body = { ...bodyOf(cell, name, of), ...controlOf(cell), ...(cell.form === 'stream' && { stream: true }) };
    const leaving = new AbortController();
    const answer = post(body, headers, leaving.signal)
      .then(async (response) => {
        if (cell.client === 'leaves_within') await response.body?.getReader().read();
        else await response.text();
      })
      .catch((error: unknown) => {
        if (cell.client === 'stays') throw error;
      });
    if (cell.client === 'leaves_before')
      await eventually(() => askedFor(promptOf(cell, name)) > 0 || undefined, 60_000);
    if (cell.client === 'leaves_within' && cell.form === 'stream') await answer;
    else if (cell.client !== 'stays') await delay(100);
    if (cell.client !== 'stays') leaving.abort();
    await answer;
  };

  /** @returns what is wrong with the cache now */
  const look = async (cell: Cell, name: string, of = cell): Promise<string | undefined> => {
    const body = bodyOf(cell, name, of);
    const found = await post(body, { 'cache-control': 'only-if-cached' });
    const text = await found.text();
    if (!mayBeStored(cell)) return found.status === 504 ? undefined : `stored: ${found.status} ${text}`;
    if (found.status !== 200) return `not stored: ${found.status} ${text}`;
    const { choices } = JSON.parse(text) as { choices: { finish_reason: string }[] };
    const finish = cell.tools === 'none' ? 'stop' : 'tool_calls';
    const whole = choices.length === Number(cell.choices) && choices.every((choice) => choice.finish_reason === finish);
    return whole ? undefined : `not whole: ${text}`;
  };

  /** Whether the same request without a cache directive also calls an upstream and stores nothing. */
  const askAgain = async (cell: Cell, name: string): Promise<string | undefined> => {
    const plain: Cell = { ...cell, control: 'none' };
    // A deployment that has answered 429 gets the pause that it asks for.
    if (cell.client !== 'stays' || cell.upstream === 'status_429' || mayBeStored(plain)) return undefined;
    const prompt = promptOf(cell, name);
    const before = askedFor(prompt);
    await ask(plain, name, cell);
    if (askedFor(prompt) === before) return 'answered without an upstream';
    return look(plain, name, cell);
  };

  it(
    'are stored if they may be repeated, and otherwise not',
    async () => {
      const wrong: string[] = [];
      let written = 0;
      let stored = 0;
      const worker = async () => {
        while (written < WRITES) {
          const number = (written += 1);
          const cell = EVERY_CELL[number % EVERY_CELL.length] as Cell;
          const name = `cell ${number}`;
          if (number <= EVERY_CELL.length) await warmUp(cell);
          await ask(cell, name);
          if (cell.client !== 'stays') await ended(promptOf(cell, name));
          // One call of each cell is repeated.
          const problem =
            (await look(cell, name)) ?? (number <= EVERY_CELL.length ? await askAgain(cell, name) : undefined);
          if (mayBeStored(cell)) stored += 1;
          if (problem !== undefined) wrong.push(`${JSON.stringify(cell)}: ${problem.slice(0, 400)}`);
        }
      };
      const ended = (prompt: string) =>
        eventually(() => {
          const ofPrompt = ({ body }: FakeCall) => JSON.stringify(body).includes(JSON.stringify(prompt));
          return (
            gateway.fake.calls
              .slice(-2_000)
              .concat(backup.calls.slice(-2_000))
              .filter(ofPrompt)
              .every(({ endedAt }) => endedAt !== undefined) || undefined
          );
        }, 60_000);
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      expect(wrong.slice(0, 20)).toEqual([]);
      const { body: stats } = await gateway.admin('GET', '/admin/cache/stats');
      expect(stats.total_keys).toBe(stored);
      expect(stored).toBeGreaterThan(WRITES / 10);
      process.stderr.write(`${written} answers in ${EVERY_CELL.length} ways: ${stored} stored, 0 that should not be\n`);
    },
    300_000 + WRITES * 30,
  );
});
