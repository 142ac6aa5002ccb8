import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const KILLS = Number(process.env.KILLS ?? 8);
const CALLERS = 20;

interface Delivered {
  requestId: string;
  /** Whether the whole response arrived. */
  whole: boolean;
}

/** The process is killed at random instants under load. The ledger is compared with the upstream's own log. */
describe(`kill -9, ${KILLS} times under load`, () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  it(
    'leaves no upstream call without a row, and none with two',
    async () => {
      const { key } = await gateway.createKey();
      const delivered: Delivered[] = [];
      const load = { over: false };
      let question = 0;

      const ask = async () => {
        const stream = (question += 1) % 2 === 0;
        const prompt = `[[words=${5 + (question % 20)} gap=2 delay=${question % 15}]] number ${question}`;
        const response = await fetch(`${gateway.url}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
          body: JSON.stringify({ model: 'gpt-4.1', stream, messages: [{ role: 'user', content: prompt }] }),
        });
        const call: Delivered = { requestId: response.headers.get('x-request-id') ?? '', whole: false };
        delivered.push(call);
        const text = await response.text();
        call.whole = response.status === 200 && (!stream || text.endsWith('data: [DONE]\n\n'));
      };
      const caller = async () => {
        while (!load.over) await ask().catch(() => delay(20));
      };
      const callers = Array.from({ length: CALLERS }, caller);
      for (let kill = 0; kill < KILLS; kill += 1) {
        await delay(150 + Math.random() * 700);
        await gateway.kill();
        await gateway.start();
      }
      load.over = true;
      await Promise.all(callers);

      // The drain writes the rest of the journals in the background.
      const journal = join(gateway.dataDirectory, 'journal');
      await eventually(() => readdirSync(journal).filter((name) => name.endsWith('.journal')).length === 1, 60_000);
      const rows = await eventually(async () => {
        const all = await gateway.allRows();
        return all.some(({ state }) => state === 'dispatched') ? undefined : all;
      }, 20_000);
      const byCall = groupBy(rows, ({ request_id }) => request_id);
      const upstream = gateway.fake.calls.filter(({ path }) => path.endsWith('/chat/completions'));
      const missing = upstream.filter(({ requestId }) => !byCall.has(requestId ?? ''));
      expect(missing.map(({ requestId }) => requestId)).toEqual([]);
      const calledMoreThanRows = [...groupBy(upstream, ({ requestId }) => requestId ?? '')].filter(
        ([id, calls]) => calls.length > (byCall.get(id)?.length ?? 0),
      );
      expect(calledMoreThanRows).toEqual([]);
      expect(new Set(rows.map(({ request_id, attempt }) => `${request_id}.${attempt}`)).size).toBe(rows.length);

      const invoice = new Map(
        upstream.map(({ requestId, billed }) => [requestId, [billed?.prompt_tokens, billed?.completion_tokens]]),
      );
      const whole = delivered.filter((call) => call.whole);
      for (const { requestId } of whole) {
        const settled = byCall.get(requestId)?.find(({ state }) => state === 'settled');
        expect({
          requestId,
          tokens: [settled?.input_tokens, settled?.output_tokens],
          estimated: settled?.estimated,
        }).toEqual({
          requestId,
          tokens: invoice.get(requestId),
          estimated: false,
        });
      }
      const unknown = rows.filter(({ state }) => state === 'unknown');
      expect(unknown.every(({ estimated, cost_usd }) => estimated && cost_usd !== '0')).toBe(true);
      expect(whole.length).toBeGreaterThan(KILLS * 5);
      process.stderr.write(
        `${KILLS} kills: ${upstream.length} upstream calls, ${whole.length} whole answers, ${unknown.length} unknown ends\n`,
      );
    },
    60_000 + KILLS * 10_000,
  );
});

function groupBy<T>(items: T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}
