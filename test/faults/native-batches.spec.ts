import { BatchClient } from '../support/batch-client';
import { type RunningGateway, startGateway } from '../support/gateway';
import { HoldingProxy } from '../support/holding-proxy';
import { parseUsd } from '../../src/common/money';
import { seeded } from '../support/seeded';
import { VendorServer } from '../support/vendors/vendor-server';

/** How often each vendor's creation is cut off; the long form is `NATIVE_KILLS=100`. */
const KILLS = Number(process.env.NATIVE_KILLS ?? 1);
const random = seeded(Number(process.env.SEED ?? 1));
const LINES = 4;

/** The requests whose responses are kept back until the process is dead: the vendor has done what was asked, and nothing of ours says so. */
const MOMENTS: Record<string, { model: string; requests: RegExp[] }> = {
  openai: {
    model: 'gpt-4.1',
    requests: [/^POST \/openai\/v1\/files$/, /^POST \/openai\/v1\/batches$/, /^GET \/openai\/v1\/files\/.*\/content/],
  },
  anthropic: {
    model: 'claude-sonnet-5-5',
    requests: [/^POST \/anthropic\/v1\/messages\/batches$/, /^GET \/anthropic\/v1\/messages\/batches\/.*\/results/],
  },
  gemini: {
    model: 'gemini-3.8-flash',
    requests: [
      /^POST \/gemini\/upload\/v1beta\/files\?upload_id/,
      /^POST \/gemini\/v1beta\/models\/.*:batchGenerateContent/,
      /^GET \/gemini\/download/,
    ],
  },
};

describe('B5: kill -9 between what a vendor has done and our record of it', () => {
  let vendors: VendorServer;
  let proxy: HoldingProxy;
  let gateway: RunningGateway;
  let batches: BatchClient;

  beforeAll(async () => {
    vendors = await VendorServer.start();
    proxy = await HoldingProxy.to(vendors.url);
    const env = Object.fromEntries(
      Object.entries(vendors.env).map(([name, value]) => [name, value.replace(vendors.url, proxy.url)]),
    );
    gateway = await startGateway({ env });
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
  });
  afterAll(async () => {
    await gateway?.stop();
    await proxy?.stop();
    await vendors?.stop();
  });

  const made = async (vendor: string): Promise<{ batches: number; ran: string[] }> => {
    if (vendor === 'anthropic')
      return { batches: vendors.anthropic.batches.count, ran: vendors.anthropic.batches.ran.map(({ id }) => id) };
    if (vendor === 'gemini')
      return { batches: vendors.gemini.batches.count, ran: vendors.gemini.batches.ran.map(({ key }) => key) };
    const list = await fetch(`${vendors.openai.baseUrl}/batches?limit=100`, {
      headers: { authorization: 'Bearer sk-any' },
    });
    const { data } = (await list.json()) as any;
    return { batches: data.length, ran: vendors.openai.batchLines.map(({ customId }) => customId) };
  };

  it.each(Object.entries(MOMENTS))(
    'makes no batch of %s twice and leaves none alone',
    async (vendor, { model, requests }) => {
      for (let kill = 0; kill < KILLS; kill += 1) {
        const before = await made(vendor);
        const held = proxy.hold(requests[Math.floor(random() * requests.length)] ?? /never/);
        const lines = Array.from({ length: LINES }, (_, index) => ({
          custom_id: `${vendor} ${kill} ${index}`,
          body: { model, messages: [{ role: 'user', content: `kill ${vendor} ${kill} ${index}` }] },
        }));
        const { id } = await batches.create({ requests: lines, completion_window: '24h' });
        await held;
        await gateway.kill();
        await gateway.start();
        const batch = await batches.ended(id);
        expect(batch).toMatchObject({ status: 'completed', request_counts: { total: LINES, completed: LINES } });
        const after = await made(vendor);
        expect(after.batches - before.batches).toBe(1);
        const ran = after.ran.slice(before.ran.length);
        expect([ran.length, new Set(ran).size]).toEqual([LINES, LINES]);
        const results = await batches.resultsOf(batch.output_file_id);
        expect(results.map(({ custom_id }) => custom_id)).toEqual(lines.map(({ custom_id }) => custom_id));
        const { data } = (await gateway.admin('GET', `/admin/requests?batch_id=${id}`)).body;
        expect(data.map((row: any) => [row.state, row.saved_by])).toEqual(lines.map(() => ['settled', 'batch']));
        const costPusd = data.reduce((sum: bigint, row: any) => sum + parseUsd(row.cost_usd), 0n);
        expect(parseUsd(batch.gateway.cost_usd)).toBe(costPusd);
      }
    },
    KILLS * 90_000,
  );
});
