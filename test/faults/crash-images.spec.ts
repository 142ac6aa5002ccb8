import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const IMAGES = Number(process.env.IMAGES ?? 4);
const embedded = !process.env.TEST_DATABASE_URL;
const describeEmbedded = embedded ? describe : describe.skip;

/** Copies of the disk at any instant, as after a crash of the machine or in a backup. */
describeEmbedded(`${IMAGES} copies of a running gateway's data directory (embedded)`, () => {
  let gateway: RunningGateway;
  const load = { over: false };

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => {
    load.over = true;
    return gateway.stop();
  });

  it(
    'open without repair, with every acknowledged row',
    async () => {
      const { key } = await gateway.createKey();
      const acknowledged: string[] = [];
      // Calls pause while an image is checked, because each check reads all rows.
      let go = () => {};
      let rest = Promise.resolve();
      const caller = async (number: number) => {
        for (let call = 0; !load.over; call += 1) {
          await rest;
          await delay(5 + Math.random() * 40);
          const { headers } = await gateway.chat(key, `image ${number} ${call}`);
          acknowledged.push(headers.get('x-request-id') ?? '');
        }
      };
      const callers = Array.from({ length: 5 }, (_, number) => caller(number));
      for (let image = 0; image < IMAGES; image += 1) {
        await delay(200 + Math.random() * 500);
        const copy = mkdtempSync(join(tmpdir(), 'thriftgate-image-'));
        process.kill(gateway.pid, 'SIGSTOP');
        const known = [...acknowledged];
        cpSync(gateway.dataDirectory, copy, { recursive: true });
        rest = new Promise((resolve) => (go = resolve));
        process.kill(gateway.pid, 'SIGCONT');
        const opened = await gateway.twin(copy);
        try {
          await eventually(async () => {
            const rows = await opened.allRows();
            const ids = new Set(rows.map(({ request_id }) => request_id));
            if (known.some((id) => !ids.has(id))) return undefined;
            return rows.every(({ state }) => state !== 'dispatched') || undefined;
          }, 20_000);
        } finally {
          go();
          await opened.stop();
          rmSync(copy, { recursive: true, force: true });
        }
      }
      load.over = true;
      await Promise.all(callers);
      expect(acknowledged.length).toBeGreaterThan(IMAGES * 5);
    },
    60_000 + IMAGES * 15_000,
  );
});
