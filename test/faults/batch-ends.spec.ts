import { writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { BatchClient, lines } from '../support/batch-client';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

/** How often the gateway is killed at the end of a batch; the long form is `BATCH_END_KILLS=20`. */
const KILLS = Number(process.env.BATCH_END_KILLS ?? 1);
/** A delivery that was cut off is made again when its lease is over. */
const LEASE_MS = 20_000;

interface Message {
  headers: IncomingHttpHeaders;
  event: any;
}

describe('kill -9 at the end of a batch', () => {
  let receiver: Server;
  let gateway: RunningGateway;
  let batches: BatchClient;
  let holds = false;
  const held: ServerResponse[] = [];
  const messages: Message[] = [];
  const killed = () => join(gateway.dataDirectory, 'killed-at-batch-end');

  beforeAll(async () => {
    receiver = createServer((request, response) => {
      let text = '';
      request.on('data', (piece: Buffer) => (text += piece.toString()));
      request.on('end', () => {
        messages.push({ headers: request.headers, event: JSON.parse(text) });
        if (holds) held.push(response);
        else response.writeHead(204).end();
      });
    });
    await new Promise<void>((listening) => receiver.listen(0, '127.0.0.1', listening));
    gateway = await startGateway({
      env: {
        WEBHOOK_ALLOW_PRIVATE: 'true',
        KILLED_AT_BATCH_END: 'killed-at-batch-end',
        NODE_OPTIONS: `--require ${__dirname}/injections/killed-at-batch-end.cjs`,
      },
    });
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    const kinds = ['batch.completed', 'batch.failed', 'batch.expired', 'batch.cancelled'];
    expect((await gateway.admin('POST', '/admin/webhooks', { url, kinds })).status).toBe(201);
  });
  beforeEach(() => {
    messages.length = 0;
    holds = false;
  });
  afterAll(async () => {
    await gateway?.stop();
    receiver.closeAllConnections();
    await new Promise((closed) => receiver.close(closed));
  });

  const messagesOf = (id: string) => messages.filter(({ event }) => event.data.batch_id === id);
  const untilDead = () =>
    eventually(() =>
      fetch(gateway.url).then(
        () => undefined,
        () => true,
      ),
    );

  it(
    'leaves no webhook without the event',
    async () => {
      for (let kill = 0; kill < KILLS; kill += 1) {
        writeFileSync(killed(), '');
        const { id } = await batches.create({ requests: lines(3, `end ${kill}`) });
        await untilDead();
        expect(messagesOf(id)).toEqual([]);
        await gateway.start();
        expect(await batches.ended(id)).toMatchObject({ status: 'completed', request_counts: { completed: 3 } });
        await eventually(async () => messagesOf(id).length > 0 || undefined, 30_000);
        const [{ event } = { event: undefined }] = messagesOf(id);
        expect(event).toMatchObject({ type: 'batch.completed', data: { batch_id: id, total: 3, completed: 3 } });
        const { data } = (await gateway.admin('GET', '/admin/alerts?kind=batch.completed')).body;
        expect(data.filter((alert: any) => alert.data.batch_id === id)).toMatchObject([{ id: event.id }]);
      }
    },
    KILLS * 90_000,
  );

  it('sends the event again under the same id where the receipt is not known', async () => {
    holds = true;
    const { id } = await batches.create({ requests: lines(2, 'received') });
    await eventually(async () => held.length > 0 || undefined, 30_000);
    await gateway.kill();
    held.splice(0).forEach((response) => response.destroy());
    holds = false;
    await gateway.start();
    await eventually(async () => messagesOf(id).length > 1 || undefined, LEASE_MS + 30_000);
    const [first, second] = messagesOf(id);
    expect(second?.event).toEqual(first?.event);
    expect(second?.headers['webhook-id']).toBe(first?.headers['webhook-id']);
    expect(second?.headers['webhook-id']).toBe(second?.event.id);
  }, 120_000);
});
