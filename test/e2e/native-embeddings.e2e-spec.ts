import { BatchClient } from '../support/batch-client';
import { type RunningGateway, startGateway } from '../support/gateway';
import { usd } from '../support/money';
import { VendorServer } from '../support/vendors/vendor-server';
import { parseUsd } from '../../src/common/money';

const MODEL = 'text-embedding-3-small';
const GEMINI = 'gemini-embedding-001';
/** Dollars for a million tokens, live. The fake vendor counts words. */
const PRICE = 0.02;
const DAY = { completion_window: '24h' };

const line = (id: string, input: unknown, members: object = {}) => ({
  custom_id: id,
  url: '/v1/embeddings',
  body: { model: MODEL, input, ...members },
});

/** Lines for embeddings, of which each input has a place of its own in the cache. */
describe("embeddings over the vendor's batch API", () => {
  let vendors: VendorServer;
  let gateway: RunningGateway;
  let batches: BatchClient;

  beforeAll(async () => {
    vendors = await VendorServer.start();
    gateway = await startGateway({ env: vendors.env });
    batches = new BatchClient(gateway, (await gateway.createKey()).key);
  });
  afterAll(async () => {
    await gateway?.stop();
    await vendors?.stop();
  });

  const run = async (requests: object[]) => {
    const batch = await batches.ended((await batches.create({ requests, ...DAY })).id);
    expect(await batches.resultsOf(batch.error_file_id)).toEqual([]);
    const results = await batches.resultsOf(batch.output_file_id);
    return { batch, bodies: results.map(({ response }) => response?.body ?? {}) };
  };
  const live = (input: unknown, members: object = {}) =>
    gateway.request('POST', '/v1/embeddings', batches.key, { model: MODEL, input, ...members });
  const sent = () => vendors.openai.batchLines.map(({ body }) => (body as any).input);
  const askedLive = () => vendors.openai.calls.filter(({ path }) => path.endsWith('/embeddings')).length;
  const rowsOf = async (id: string) =>
    (await gateway.admin('GET', `/admin/requests?batch_id=${id}&limit=500`)).body.data as any[];

  it('cost half, have the values of a live call in each form, and fill the cache input by input', async () => {
    const [lines, calls] = [sent().length, askedLive()];
    const { batch, bodies } = await run([
      line('float', ['first text', 'second one here']),
      line('base64', ['third text'], { encoding_format: 'base64' }),
      line('short', 'fourth text', { dimensions: 3 }),
    ]);
    expect([sent().length - lines, askedLive() - calls]).toEqual([3, 0]);
    expect(batch.gateway).toMatchObject({ cached: 0, cost_usd: usd((9 * PRICE) / 2), saved_usd: usd((9 * PRICE) / 2) });
    expect(bodies[0]).toMatchObject({ object: 'list', model: MODEL, usage: { prompt_tokens: 5 }, cached: false });
    const again = [
      await live(['second one here', 'first text']),
      await live('third text', { encoding_format: 'base64' }),
      await live('fourth text', { dimensions: 3 }),
    ];
    expect(again.map(({ headers }) => headers.get('x-cache-status'))).toEqual(['HIT', 'HIT', 'HIT']);
    const vectors = (body: any) => body.data.map(({ embedding }: any) => embedding);
    expect(vectors(again[0]?.body)).toEqual(vectors(bodies[0]).toReversed());
    expect([again[1], again[2]].map((each) => vectors(each?.body))).toEqual([vectors(bodies[1]), vectors(bodies[2])]);
    expect(typeof vectors(bodies[1])[0]).toBe('string');
    expect(vectors(bodies[2])[0]).toHaveLength(3);
    expect(askedLive()).toBe(calls);
    for (const row of await rowsOf(batch.id)) {
      expect(row).toMatchObject({ state: 'settled', saved_by: 'batch', endpoint: '/v1/embeddings' });
      expect(parseUsd(row.list_cost_usd)).toBe(2n * parseUsd(row.cost_usd));
    }
  });

  it('ask for an input once that a line has twice, and for equal lines once', async () => {
    const before = sent().length;
    const twice = ['same words', 'other words', 'same words'];
    const { batch, bodies } = await run([
      line('a', twice),
      line('b', twice),
      line('c', twice, { encoding_format: 'base64' }),
    ]);
    // The third has another form: its vectors are not written as those of the first.
    expect(sent().slice(before)).toEqual([
      ['same words', 'other words'],
      ['same words', 'other words'],
    ]);
    expect(batch.gateway).toMatchObject({ deduplicated: 1 });
    const [a, b, c] = bodies.map(({ data }) => data);
    expect(b).toEqual(a);
    expect(a[2].embedding).toEqual(a[0].embedding);
    expect([a.length, bodies[0]?.usage.prompt_tokens]).toEqual([3, 6]);
    expect(c.map(({ embedding }: any) => typeof embedding)).toEqual(['string', 'string', 'string']);
  });

  it('run where they are cheaper: whole in the batch, or live without what is stored', async () => {
    await live(['known one', 'known two', 'known three']);
    const [lines, calls] = [sent().length, askedLive()];
    const { batch, bodies } = await run([
      line('whole', ['known one', 'known two']),
      line('mostly', ['known one', 'known two', 'known three', 'new four']),
      line('hardly', ['known one', 'new five', 'new six', 'new seven']),
    ]);
    expect(sent().slice(lines)).toEqual([['known one', 'new five', 'new six', 'new seven']]);
    expect(askedLive() - calls).toBe(1);
    // Two words live, and eight at half the price.
    expect(batch.gateway.cost_usd).toBe(usd(2 * PRICE + (8 * PRICE) / 2));
    expect(bodies.map(({ data }) => data.length)).toEqual([2, 4, 4]);
  });

  it('are quoted as they run', async () => {
    await live(['quoted one', 'quoted two', 'quoted three']);
    const requests = [
      line('stored', ['quoted one', 'quoted two']),
      line('mostly', ['quoted one', 'quoted two', 'quoted three', 'quoted four']),
      line('new', ['quoted five', 'quoted six']),
      line('twin', ['quoted five', 'quoted six']),
    ];
    const quote = await gateway.request('POST', '/v1/batches/quote', batches.key, { requests, ...DAY });
    expect(quote.body).toMatchObject({ lines: 4, cached: 1, duplicates: 1 });
    const { batch } = await run(requests);
    const { at_least: least, at_most: most } = quote.body.cost_usd;
    expect(Number(batch.gateway.cost_usd)).toBeGreaterThanOrEqual(Number(least));
    expect(Number(batch.gateway.cost_usd)).toBeLessThanOrEqual(Number(most));
  });

  it("ride Gemini's batch where a line has one input", async () => {
    const gemini = (id: string, input: unknown) => line(id, input, { model: GEMINI, dimensions: 2 });
    const before = vendors.gemini.batches.ran.length;
    const { batch, bodies } = await run([gemini('one', 'a b c'), gemini('two', ['d e'])]);
    expect(vendors.gemini.batches.ran.slice(before).map(({ request }) => request.content.parts[0].text)).toEqual([
      'a b c',
      'd e',
    ]);
    expect(bodies.map(({ data }) => data[0].embedding)).toEqual([
      [0.97, 0.32],
      [0, 0.32],
    ]);
    const rows = await rowsOf(batch.id);
    expect(rows.map(({ input_tokens: tokens, saved_by: by }) => [tokens, by]).toSorted()).toEqual([
      [2, 'batch'],
      [3, 'batch'],
    ]);
    for (const row of rows) expect(parseUsd(row.list_cost_usd)).toBe(2n * parseUsd(row.cost_usd));
  });
});
