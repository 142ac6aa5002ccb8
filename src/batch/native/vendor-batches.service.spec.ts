import type { HttpRequest, VendorBatch } from '@thriftgate/providers';
import { FakeClock } from '../../calls/testing/fake-clock';
import type { ProviderRegistry } from '../../providers/provider-registry.service';
import type { LeasedShard, ShardsRepository } from './shards.repository';
import { VendorBatches } from './vendor-batches.service';
import { VendorBatchError, type VendorSite } from './vendor-site';

const MINUTE_MS = 60_000;
const SHARD = { id: 'shard_1', lines: 2, input_file_id: 'f_1', creating_at: new Date(1_000_000) };
const batch = (id: string, members: Partial<VendorBatch> = {}) => ({
  id,
  createdAtMs: 1_000_000,
  lineCount: 2,
  ...members,
});

describe('VendorBatches', () => {
  const batches = new VendorBatches(
    {} as ProviderRegistry,
    {
      known: async (ids: string[]) => new Set(ids.filter((id) => id.startsWith('known'))),
    } as Partial<ShardsRepository> as ShardsRepository,
    new FakeClock(),
  );
  const siteThat = (send: (request: HttpRequest) => unknown, foundBy = 'name') =>
    ({
      baseUrl: 'https://v.example',
      send: async (request: HttpRequest) => ({ body: Buffer.from(JSON.stringify(send(request))), headers: {} }),
      read: async function* (request: HttpRequest) {
        yield Buffer.from(`${JSON.stringify(send(request))}\n`);
      },
      api: {
        foundBy,
        cancel: () => ({}),
        get: () => ({}),
        list: (_url: string, after?: string) => ({ url: after ?? 'first' }),
        results: ({ id, end }: VendorBatch) => (end ? [{ url: id }] : []),
        readLine: (text: string) => JSON.parse(text),
        read: (body: Buffer) => JSON.parse(String(body)),
        readList: (body: Buffer) => JSON.parse(String(body)),
      },
    }) as unknown as VendorSite;
  const failing = (status: number) =>
    siteThat(() => {
      throw new VendorBatchError('no', status, false);
    });

  it.each([409, 404, 400])('takes %i as the end of a batch that is to be cancelled', (status) =>
    expect(batches.cancel(failing(status), 'b')).resolves.toBeUndefined(),
  );

  it.each([503, 429, 0])('asks again to cancel a batch after %i', (status) =>
    expect(batches.cancel(failing(status), 'b')).rejects.toMatchObject({ status }),
  );

  it('keeps of the words of a vendor what a database takes', async () => {
    const site = siteThat(() => batch('b', { status: 'o\u0000dd', error: 'a\nb\ud800' }));
    expect(await batches.get(site, 'b')).toMatchObject({ status: 'o dd', error: 'a b\ufffd' });
  });

  it.each([
    ['the batch of its file', 'input', [batch('a', { inputFileId: 'f_0' }), batch('b', { inputFileId: 'f_1' })], 'b'],
    ['the batch of its name', 'name', [batch('a', { name: 'shard_0' }), batch('b', { name: 'shard_1' })], 'b'],
    ['the only one with its number of lines', 'count', [batch('a', { lineCount: 3 }), batch('b')], 'b'],
    ['none that is older', 'name', [batch('a', { name: 'shard_1', createdAtMs: 1 })], 'none'],
    ['none that another shard has', 'count', [batch('known')], 'none'],
    ['doubt where several have its number of lines', 'count', [batch('a'), batch('b')], 'doubt'],
    [
      'none that was made too late to be its own',
      'count',
      [batch('a', { createdAtMs: 1_000_000 + 43 * MINUTE_MS })],
      'none',
    ],
  ])('finds %s after a creation that broke off', async (_title, foundBy, list, expected) => {
    const found = await batches.find(
      siteThat(() => ({ batches: list }), foundBy),
      SHARD as LeasedShard,
    );
    expect(typeof found === 'string' ? found : found.batch.id).toBe(expected);
  });

  it.each([
    ['the one whose results name its lines', 'b', 'shard_1-7', 'b'],
    ['none where all have ended with lines of others', 'b', 'shard_10-7', 'none'],
    ['doubt where one still runs', undefined, 'shard_10-7', 'doubt'],
  ])('A6: finds of several %s', async (_title, second, id, expected) => {
    const list = [batch('a', { end: 'completed' }), batch('b', second === undefined ? {} : { end: 'completed' })];
    const lines: Record<string, object> = { first: { batches: list }, a: { id: 'other-1' }, b: { id } };
    const found = await batches.find(
      siteThat(({ url }) => lines[url], 'count'),
      SHARD as LeasedShard,
    );
    expect(typeof found === 'string' ? found : found.batch.id).toBe(expected);
  });

  it.each(['count', 'name', 'input'])(
    'A6: is in doubt where the list is too long to look through, by %s',
    async (by) => {
      const endless = siteThat(() => ({ batches: [batch('a', { lineCount: 3 })], after: 'next' }), by);
      expect(await batches.find(endless, SHARD as LeasedShard)).toBe('doubt');
    },
  );

  it('finds a batch by its name in a list that is too long to look through', async () => {
    const endless = siteThat(() => ({ batches: [batch('a', { name: 'shard_1' })], after: 'next' }));
    expect(await batches.find(endless, SHARD as LeasedShard)).toMatchObject({ batch: { id: 'a' } });
  });

  it('B5: looks again where the vendor sends no list', async () => {
    const site = siteThat(() => null);
    site.api.readList = () => undefined;
    await expect(batches.find(site, SHARD as LeasedShard)).rejects.toMatchObject({
      name: 'VendorBatchError',
      isPassing: true,
    });
  });

  it('looks through the pages until one is older', async () => {
    const pages: Record<string, object> = {
      first: { batches: [batch('a')], after: 'second' },
      second: { batches: [batch('b', { name: 'shard_1' }), batch('c', { createdAtMs: 1 })], after: 'third' },
    };
    const found = await batches.find(
      siteThat(({ url }) => pages[url]),
      SHARD as LeasedShard,
    );
    expect(found).toMatchObject({ batch: { id: 'b' } });
  });
});
