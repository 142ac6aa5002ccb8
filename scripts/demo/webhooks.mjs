import { createServer } from 'node:http';
import { atWork } from './history/calendar.mjs';

const DAY_MS = 24 * 3_600_000;

/** Something that takes the messages of webhooks and does nothing with them. @returns its address and `stop()` */
export async function startReceiver() {
  const server = createServer((request, response) => {
    request.resume();
    response.writeHead(204).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${server.address().port}`, stop };
}

/** Makes two webhooks: all alerts, and those of money for finance. */
export async function makeWebhooks(gateway, receiver, { past, admin }, nowMs) {
  const kinds = ['budget_threshold', 'budget_exhausted', 'budget_forecast', 'spend_anomaly'];
  for (const body of [{ url: `${receiver.url}/platform-on-call` }, { url: `${receiver.url}/finance`, kinds }]) {
    const { id } = await gateway.call('POST', '/admin/webhooks', body, admin);
    past.set(
      `webhook.created ${id}`,
      atWork(nowMs - 150 * DAY_MS, () => 0.5),
    );
  }
}
