import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

/** The number of keys; the long form is `IDEMPOTENCY_KEYS=200`. */
const KEYS = Number(process.env.IDEMPOTENCY_KEYS ?? 12);
const CALLERS = process.env.IDEMPOTENCY_KEYS ? 50 : 20;
/** Keys that are in use at the same time. */
const AT_ONCE = 4;
/** One in this many callers sends another body. */
const CHANGED_EVERY = 10;

interface Ending {
  status: number;
  code: string | undefined;
  text: string;
}

/** Fifty callers for each key, during kills. The results are compared with the upstream's own log. */
describe(`Idempotency-Key, ${KEYS} keys x ${CALLERS} callers under kill -9`, () => {
  let gateway: RunningGateway;
  let key: string;

  beforeAll(async () => {
    gateway = await startGateway();
    ({ key } = await gateway.createKey());
  });
  afterAll(() => gateway.stop());

  /** Calls until a response arrives, as a client does that lost its connection. */
  const call = async (name: string, body: object): Promise<Ending> => {
    for (;;) {
      try {
        const response = await fetch(`${gateway.url}/v1/chat/completions`, {
          method: 'POST',
          headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json', 'idempotency-key': name },
          body: JSON.stringify(body),
        });
        const text = await response.text();
        const code = response.status === 200 ? undefined : (JSON.parse(text).error.code as string);
        if (response.status < 500 && code !== 'conflict') return { status: response.status, code, text };
      } catch {
        // The process was killed and restarts.
      }
      await delay(20 + Math.random() * 50);
    }
  };

  const bodyOf = (name: string, variant: string, stream: boolean) => ({
    model: 'gpt-4.1',
    stream,
    use_cache: false,
    messages: [{ role: 'user', content: `[[delay=${name.length % 7} ttft=40 gap=4 words=20]] ${name} ${variant}` }],
  });

  it(
    'calls the upstream at most once, charges at most once and sends all callers the same response',
    async () => {
      const names = Array.from({ length: KEYS }, () => randomUUID());
      const endings = new Map<string, { changed: boolean; ending: Ending }[]>();
      const load = { over: false };
      const rest = [...names.entries()];
      const worker = async () => {
        for (let next = rest.shift(); next; next = rest.shift()) {
          const [index, name] = next;
          const calls = Array.from({ length: CALLERS }, async (_, caller) => {
            const changed = caller % CHANGED_EVERY === CHANGED_EVERY - 1;
            const ending = await call(name, bodyOf(name, changed ? 'changed' : 'first', index % 2 === 1));
            return { changed, ending };
          });
          endings.set(name, await Promise.all(calls));
        }
      };
      let kills = 0;
      const nemesis = async () => {
        while (!load.over) {
          // Long enough that calls end between two kills, also on a slow machine.
          await delay(1_500 + Math.random() * 2_500);
          await gateway.kill();
          await gateway.start();
          kills += 1;
        }
      };
      const killing = nemesis();
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
      load.over = true;
      await killing;

      const rows = await eventually(async () => {
        const all = await gateway.allRows();
        return all.some(({ state }) => state === 'dispatched') ? undefined : all;
      }, 20_000);
      const upstream = gateway.fake.calls.filter(({ path }) => path.endsWith('/chat/completions'));
      const seen = { whole: 0, unknown: 0 };
      for (const name of names) {
        const asked = upstream.filter(({ body }) => JSON.stringify(body).includes(name));
        expect([name, asked.length <= 1]).toEqual([name, true]);
        const charged = rows.filter(
          ({ request_id, cost_usd }) => cost_usd !== '0' && asked.some(({ requestId }) => requestId === request_id),
        );
        expect([name, charged.length]).toEqual([name, asked.length]);

        const all = endings.get(name) ?? [];
        const answered = all.filter(({ ending }) => ending.status === 200);
        expect(new Set(answered.map(({ ending }) => ending.text)).size).toBeLessThanOrEqual(1);
        // The first body has the key; the other body is always refused.
        expect(new Set(answered.map(({ changed }) => changed)).size).toBeLessThanOrEqual(1);
        const refused = new Set(all.flatMap(({ ending }) => ending.code ?? []));
        for (const code of refused) expect(['idempotency_key_reused', 'idempotency_result_unknown']).toContain(code);
        if (answered.length > 0) {
          expect(refused).toEqual(new Set(['idempotency_key_reused']));
          expect(asked).toHaveLength(1);
          seen.whole += 1;
        } else seen.unknown += 1;
        const [{ requestId } = { requestId: '' }] = asked;
        if (answered.length > 0)
          expect(rows.find(({ request_id }) => request_id === requestId)).toMatchObject({ state: 'settled' });
      }
      expect(seen.whole).toBeGreaterThan(0);
      process.stderr.write(
        `${KEYS} keys, ${kills} kills: ${upstream.length} upstream calls, ${seen.whole} answered, ${seen.unknown} unknown\n`,
      );
    },
    60_000 + KEYS * 10_000,
  );
});
