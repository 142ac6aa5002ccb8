import type { RequestRow } from '@thriftgate/contracts';
import { type RequestsQuery, ThriftgateClient } from '@thriftgate/sdk';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

/** Administrators look for failed and costly calls in the ledger. */
describe('the filters of the ledger', () => {
  let gateway: RunningGateway;
  let admin: ThriftgateClient['admin'];
  let teamId: string;
  const names = new Map<string, string>();

  beforeAll(async () => {
    gateway = await sharedGateway();
    admin = new ThriftgateClient({ baseUrl: gateway.url, apiKey: gateway.adminKey }).admin;
    const team = await gateway.createKey();
    ({ teamId } = team);
    const chat = async (name: string, prompt: string, tags: string, members = {}) => {
      const { headers } = await gateway.chat(team.key, prompt, members, { 'x-gateway-tags': tags });
      names.set(headers.get('x-request-id') ?? '', name);
    };
    await chat('miss', 'Where do the filters begin?', 'a,b');
    await chat('hit', 'Where do the filters begin?', 'a');
    await chat('stream', 'And where do the filters end? Some more words cost more.', 'b', { stream: true });
    await chat('refused', 'What does the filter refuse? [[status=400]]', 'a');
    await chat('retried', 'The filters once more? [[fail-first=1 status=500]]', 'b');
    await chat('broken', 'Tell of filters [[words=20 cut-after=5]]', 'c', { stream: true });
  });
  afterAll(() => gateway.stop());

  const rowsOf = async (query: RequestsQuery) => {
    const rows: RequestRow[] = [];
    for await (const row of admin.requests.all({ team_id: teamId, limit: 2, ...query })) rows.push(row);
    return rows;
  };
  const found = async (query: RequestsQuery) => (await rowsOf(query)).map(({ request_id: id }) => names.get(id));

  it.each<[RequestsQuery, string[]]>([
    [{ status: '4xx,500' }, ['retried', 'refused']],
    [{ status: 400 }, ['refused']],
    [{ state: ['failed', 'unknown'] }, ['retried', 'refused']],
    [{ error_code: 'upstream_stream_cut' }, ['broken']],
    [{ provider: 'openai', cache_status: 'hit' }, ['hit']],
    [{ provider: 'nobody' }, []],
    [{ tag: 'b', sort: 'created_at' }, ['miss', 'stream', 'retried', 'retried']],
    [{ stream: true, sort: '-created_at' }, ['broken', 'stream']],
    [{ min_cost_usd: '1' }, []],
  ])('N10: finds rows by %j', async (query, expected) => {
    expect(await found(query)).toEqual(expected);
  });

  it('N10: lists the highest costs first, page after page', async () => {
    const costs = (await rowsOf({ sort: '-cost' })).map(({ cost_usd }) => Number(cost_usd));
    expect(costs).toEqual((await rowsOf({})).map(({ cost_usd }) => Number(cost_usd)).toSorted((a, b) => b - a));
    expect(costs).toHaveLength(7);
    const [, second] = await rowsOf({ sort: '-cost' });
    expect(await rowsOf({ sort: '-cost', min_cost_usd: second?.cost_usd ?? '' })).toHaveLength(2);
  });

  it('N10: refuses filters and cursors that are not valid, by name', async () => {
    const { next_cursor: cursor } = await admin.requests.list({ limit: 1, sort: '-cost' });
    const refusals = { status: '6xx', state: 'done', min_cost_usd: 'free', stream: 'maybe', sort: 'price', cursor };
    for (const [name, value] of Object.entries(refusals)) {
      const { status, body } = await gateway.admin('GET', `/admin/requests?${name}=${value}`);
      expect([status, body.error.param]).toEqual([400, name]);
    }
  });
});
