import { parseUsd } from '../../src/common/money';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';
import { type Manners, rawChat } from '../support/raw-chat';
import { seeded } from '../support/seeded';

/** The number of calls; the long form is `ABANDONED=5000`. */
const CALLS = Number(process.env.ABANDONED ?? 300);
const SEED = Number(process.env.SEED ?? 1);
const AT_ONCE = 40;
const SLOTS = 48;
const UPSTREAM_TIMEOUT_MS = 700;

interface Abandoned {
  prompt: string;
  members?: Record<string, unknown>;
  manners?: Manners;
  /** With a budget that has room for only a few calls at a time. */
  short?: boolean;
}

const random = seeded(SEED);
const upTo = (ms: number) => Math.floor(random() * ms);
const either = () => random() < 0.5;
const leaves = (ms: number): Manners => ({ leavesAfterMs: upTo(ms) });

/** A bad end at each point where a call waits, and some good ends. */
const ENDINGS: Record<string, (number: number) => Abandoned> = {
  'answered well': () => ({ prompt: '[[words=5]]', members: { stream: either() } }),
  'left while it is sent': () => ({ prompt: 'half', manners: { ...leaves(50), sendsHalf: true } }),
  'left before headers': () => ({ prompt: '[[delay=150]]', members: { stream: either() }, manners: leaves(250) }),
  'left in a slow body': () => ({ prompt: '[[ttft=150]]', manners: leaves(250) }),
  'left before the first event': () => ({
    prompt: '[[ttft=150]]',
    members: { stream: true },
    manners: leaves(250),
  }),
  'left between events': () => ({ prompt: '[[words=30 gap=5]]', members: { stream: true }, manners: leaves(250) }),
  'left at the first event': () => ({
    prompt: '[[words=30 gap=5]]',
    members: { stream: true },
    manners: { leavesAtFirstByte: true },
  }),
  'left when it has much to read': () => ({
    prompt: 'much at once',
    members: { stream: true, max_tokens: 100 },
    manners: { leavesAfterMs: 200 + upTo(300), readsNothing: true },
  }),
  'left while a retry waits': () => ({ prompt: '[[status=500]]', members: { stream: either() }, manners: leaves(400) }),
  'left while a long retry waits': () => ({
    prompt: '[[fail-first=1 status=429 retry-after=1]]',
    manners: leaves(1_500),
  }),
  'left while money is short': () => ({
    prompt: '[[delay=100 words=20]]',
    members: { max_tokens: 1000 },
    manners: leaves(2_500),
    short: true,
  }),
  'short of money': () => ({ prompt: '[[delay=50 words=20]]', members: { max_tokens: 1000 }, short: true }),
  'left with an Idempotency-Key': (number) => ({
    prompt: '[[delay=50 words=10 gap=5]]',
    members: { stream: either() },
    manners: { ...leaves(150), headers: { 'idempotency-key': `abandoned-${number}` } },
  }),
  'left with names of control tokens': () => ({
    prompt: '<|endoftext|> [[words=30 gap=5 no-usage]]',
    members: { stream: true },
    manners: leaves(250),
  }),
  'names of control tokens and no usage': () => ({
    prompt: '<|im_start|> [[no-usage]]',
    members: { stream: either() },
  }),
  'refused upstream': () => ({ prompt: '[[status=400]]', members: { stream: either() } }),
  'broken upstream': () => ({ prompt: '[[fail-first=1 status=500]]', members: { stream: either() } }),
  'reset upstream': () => ({ prompt: '[[fail-first=1 reset]]', members: { stream: either() } }),
  'lost upstream': () => ({ prompt: '[[fail-first=1 lose]]', members: { stream: either() } }),
  'cut upstream': () => ({
    prompt: `[[words=6 fail-first=1 cut-after=${upTo(8)}]]`,
    members: { stream: either() },
  }),
  'an error in the stream': () => ({
    prompt: `[[words=6 fail-first=1 error-after=${upTo(8)}]]`,
    members: { stream: true },
  }),
  'a stream without an end': () => ({ prompt: '[[words=6 fail-first=1 no-done]]', members: { stream: true } }),
  'something else than an answer': () => ({
    prompt: either() ? '[[fail-first=1 html]]' : '[[fail-first=1 garbage]]',
    members: { stream: either() },
  }),
  'no first byte': () => ({
    prompt: `[[fail-first=1 delay=${UPSTREAM_TIMEOUT_MS * 3}]]`,
    members: { stream: either() },
    manners: either() ? leaves(UPSTREAM_TIMEOUT_MS * 3) : {},
  }),
  'no more bytes': () => ({
    prompt: `[[words=6 fail-first=1 stall-after=${upTo(8)}]]`,
    members: { stream: true },
    manners: either() ? leaves(UPSTREAM_TIMEOUT_MS * 2) : {},
  }),
};

/** Calls end in every way at every point where they wait. Afterwards no hold and no attempt may be open. */
describe(`${CALLS} abandoned calls (seed ${SEED})`, () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway({
      configFile: `
models:
  gpt-4.1:
    deployments: [{ provider: openai, model: gpt-4.1, max_parallel: ${SLOTS} }]
`,
      env: {
        UPSTREAM_FIRST_BYTE_TIMEOUT_MS: String(UPSTREAM_TIMEOUT_MS),
        UPSTREAM_IDLE_TIMEOUT_MS: String(UPSTREAM_TIMEOUT_MS),
        DRAIN_TIMEOUT_S: '5',
      },
    });
    gateway.fake.script({ text: 'x'.repeat(8 * 1024 * 1024) }, { prompt: 'much at once' });
  });
  afterAll(() => gateway?.stop());

  const newTeam = async (limitUsd: string) => {
    const { key, teamId } = await gateway.createKey();
    const budget = { team_id: teamId, limit_usd: limitUsd, window: 'total' };
    const { body } = await gateway.admin('POST', '/admin/budgets', budget);
    return { key, teamId, budgetId: body.id as string };
  };
  const budgetOf = async (id: string) => (await gateway.admin('GET', `/admin/budgets/${id}`)).body;

  it(
    'leave no hold and no open attempt',
    async () => {
      // Thousands of long streams cost more than a thousand dollars.
      const wide = await newTeam('1000000');
      // A call holds slightly more than $0.008: there is room for one at a time, and at the end for none.
      const short = await newTeam('0.0095');
      const names = Object.keys(ENDINGS);
      const statuses = new Map<string, number>();
      let number = 0;
      const worker = async () => {
        while (number < CALLS) {
          const at = (number += 1);
          const name = names[at % names.length] ?? '';
          const ending = ENDINGS[name]?.(at);
          if (!ending) continue;
          const body = {
            model: 'gpt-4.1',
            max_tokens: 50,
            messages: [{ role: 'user', content: `${name} ${at} ${ending.prompt}` }],
            ...ending.members,
          };
          const status = await rawChat(gateway.url, ending.short ? short.key : wide.key, body, ending.manners);
          statuses.set(String(status), (statuses.get(String(status)) ?? 0) + 1);
        }
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));

      const atRest = await eventually(async () => {
        for (const { budgetId } of [wide, short]) if ((await budgetOf(budgetId)).reserved_usd !== '0') return undefined;
        const rows = await gateway.allRows();
        return rows.some(({ state }) => state === 'dispatched') ? undefined : rows;
      }, 60_000).catch(async () => {
        const open = (await gateway.allRows()).filter(({ state }) => state === 'dispatched');
        const asked = gateway.fake.calls.filter(({ requestId }) => open.some((row) => row.request_id === requestId));
        const prompts = asked.map(({ body }) => JSON.stringify(body).slice(0, 200));
        const budgets = [await budgetOf(wide.budgetId), await budgetOf(short.budgetId)];
        throw new Error(`held or open after 60 s: ${JSON.stringify({ budgets, prompts, open: open.length }, null, 1)}`);
      });
      const known = new Set(atRest.map(({ request_id }) => request_id));
      expect(gateway.fake.calls.filter(({ requestId }) => !known.has(requestId ?? ''))).toEqual([]);
      for (const { teamId, budgetId } of [wide, short]) {
        const rows = atRest.filter((row) => row.team_id === teamId);
        const costPusd = rows.reduce((sum, row) => sum + parseUsd(row.cost_usd), 0n);
        expect(parseUsd((await budgetOf(budgetId)).spent_usd)).toBe(costPusd);
      }
      expect(parseUsd((await budgetOf(short.budgetId)).spent_usd) <= parseUsd('0.0095')).toBe(true);
      const told = [...statuses].map(([status, count]) => `${status === 'undefined' ? 'left' : status}: ${count}`);
      process.stderr.write(`${CALLS} calls: ${told.join(', ')}; ${atRest.length} rows\n`);

      await everySlotIsFree(wide.key);
      await canBeUsedUp(wide);
      await canBeUsedUp(short);
    },
    180_000 + CALLS * 500,
  );

  async function everySlotIsFree(key: string): Promise<void> {
    const calls = Array.from({ length: SLOTS }, (_, at) => gateway.chat(key, `[[delay=300]] slot ${at}`));
    expect(new Set((await Promise.all(calls)).map(({ status }) => status))).toEqual(new Set([200]));
  }

  /** With slightly more room, calls run until less remains than one call holds. */
  async function canBeUsedUp({ key, budgetId }: { key: string; budgetId: string }): Promise<void> {
    const rest = await eventually(async () => {
      const budget = await budgetOf(budgetId);
      return budget.reserved_usd === '0' ? budget : undefined;
    }, 60_000);
    const limit = parseUsd(rest.spent_usd) + parseUsd('0.1');
    const limitUsd = `${limit / 10n ** 12n}.${String(limit % 10n ** 12n).padStart(12, '0')}`;
    expect((await gateway.admin('PATCH', `/admin/budgets/${budgetId}`, { limit_usd: limitUsd })).status).toBe(200);
    let number = 0;
    const ask = async () =>
      (await gateway.chat(key, `[[words=400]] to the end ${(number += 1)}`, { max_tokens: 1000 })).status;
    const caller = async () => {
      while ((await ask()) === 200);
    };
    await Promise.all(Array.from({ length: 4 }, caller));
    const end = await eventually(async () => {
      const status = await ask();
      const budget = await budgetOf(budgetId);
      return status === 402 && budget.reserved_usd === '0' ? budget : undefined;
    }, 60_000);
    expect(number).toBeGreaterThan(20);
    expect(parseUsd(end.remaining_usd) < parseUsd('0.0085')).toBe(true);
  }
});
