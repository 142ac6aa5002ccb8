import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

/** A20: an operator deletes the data directory of a running gateway. */
describe('a gateway without its data directory', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(async () => {
    await gateway.kill();
    await gateway.stop();
  });

  it('A20: answers nothing that is not kept, is not ready, and says why', async () => {
    const { key } = await gateway.createKey();
    expect((await gateway.chat(key, 'kept')).status).toBe(200);
    await delay(100);
    rmSync(gateway.dataDirectory, { recursive: true });
    expect((await gateway.chat(key, 'nowhere to keep')).status).toBe(503);
    expect((await gateway.chat(key, 'kept')).status).toBe(503);
    const readiness = await eventually(async () => {
      const answer = await gateway.request('GET', '/health/ready', undefined);
      return answer.status === 503 ? answer.body : undefined;
    });
    expect(readiness).toEqual({ status: 'failing', ledger: 'lost' });
    const refused = await gateway.admin('POST', '/admin/teams', { name: 'nowhere to keep' });
    expect([refused.status, refused.body.error.code, refused.body.error.message]).toEqual([
      503,
      'unavailable',
      expect.stringContaining('has lost its data directory'),
    ]);
    expect(refused.headers.get('retry-after')).toBe('5');
    expect((await gateway.request('GET', '/health/live', undefined)).status).toBe(200);
    await eventually(() => gateway.output.includes('the data directory was deleted or moved') || undefined);
    expect(gateway.fake.calls.filter(({ body }) => JSON.stringify(body).includes('nowhere'))).toEqual([]);
  });
});
