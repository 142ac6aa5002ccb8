import { setTimeout as delay } from 'node:timers/promises';
import { BatchClient, line } from '../support/batch-client';
import { type RunningGateway, startGateway } from '../support/gateway';

describe('a batch that is interrupted', () => {
  let gateway: RunningGateway;
  let batches: BatchClient;

  beforeAll(async () => {
    gateway = await startGateway();
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
  });

  afterAll(() => gateway?.stop());

  it('ends its running lines and starts no others after a cancellation', async () => {
    const requests = Array.from({ length: 100 }, (_, index) => line(`c-${index}`, `cancel ${index} [[delay=600]]`));
    const { id } = await batches.create({ requests });
    while (!gateway.fake.calls.some((call) => JSON.stringify(call.body).includes('cancel '))) await delay(10);
    const cancelling = await batches.openai.batches.cancel(id);
    expect(cancelling.status).toBe('cancelling');
    expect(cancelling.cancelling_at).toBeGreaterThan(0);
    expect((await batches.openai.batches.cancel(id)).cancelling_at).toBe(cancelling.cancelling_at);

    const batch = await batches.ended(id);
    expect(batch.status).toBe('cancelled');
    const done = await batches.resultsOf(batch.output_file_id);
    const left = await batches.resultsOf(batch.error_file_id);
    expect(batch.request_counts).toEqual({ total: 100, completed: done.length, failed: 0 });
    expect(done.length).toBeGreaterThan(0);
    expect(left.every(({ error, response }) => response === null && error?.code === 'batch_cancelled')).toBe(true);
    expect(new Set([...done, ...left].map(({ custom_id }) => custom_id)).size).toBe(100);
    const reached = gateway.fake.calls.filter((call) => JSON.stringify(call.body).includes('cancel '));
    expect(reached).toHaveLength(done.length);
    await expect(batches.openai.batches.cancel(id)).rejects.toMatchObject({ status: 409 });
  });

  it('has error lines with the reason if its key is revoked', async () => {
    const { key: revoked, keyId, teamId } = await gateway.createKey();
    const { key: colleague } = await gateway.createKey({ teamId });
    const requests = Array.from({ length: 60 }, (_, index) => line(`k-${index}`, `revoked ${index} [[delay=300]]`));
    const { id } = await new BatchClient(gateway, revoked).create({ requests });
    expect((await gateway.admin('DELETE', `/admin/keys/${keyId}`)).status).toBeLessThan(300);

    const batch = await new BatchClient(gateway, colleague).ended(id);
    const answered = batch.request_counts?.completed ?? 0;
    expect(answered).toBeLessThan(60);
    expect(gateway.fake.calls.filter((call) => JSON.stringify(call.body).includes('revoked '))).toHaveLength(answered);
    const failures = await new BatchClient(gateway, colleague).resultsOf(batch.error_file_id);
    expect(failures).toHaveLength(60 - answered);
    for (const { response, error } of failures) expect([response, error?.code]).toEqual([null, 'invalid_api_key']);
  });

  it('continues after a crash, and each line ends exactly once', async () => {
    const requests = Array.from({ length: 120 }, (_, index) => line(`crash-${index}`, `crash ${index} [[delay=100]]`));
    const { id } = await batches.create({ requests });
    const asked = () => gateway.fake.calls.filter((call) => JSON.stringify(call.body).includes('crash '));
    while (asked().length < 40) await delay(5);
    await gateway.kill();
    await gateway.restart();

    const batch = await batches.ended(id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 120, completed: 120, failed: 0 } });
    const results = await batches.resultsOf(batch.output_file_id);
    expect(results.map(({ custom_id }) => custom_id)).toEqual(requests.map(({ custom_id }) => custom_id));
    expect(asked().length).toBeLessThanOrEqual(120 + 16 + 16);
  }, 90_000);

  it('continues after a stop and a restart', async () => {
    const requests = Array.from({ length: 100 }, (_, index) => line(`stop-${index}`, `stop ${index} [[delay=100]]`));
    const { id } = await batches.create({ requests });
    const asked = () => gateway.fake.calls.filter((call) => JSON.stringify(call.body).includes('stop '));
    while (asked().length < 30) await delay(5);
    await gateway.restart();

    const batch = await batches.ended(id);
    expect(batch).toMatchObject({ status: 'completed', request_counts: { total: 100, completed: 100, failed: 0 } });
    expect(asked()).toHaveLength(100);
  });
});
