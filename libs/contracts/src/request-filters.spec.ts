import { listRequestsQuerySchema } from './requests';

const parsed = (query: object) => listRequestsQuerySchema.parse(query);
const refusal = (query: object) => {
  const issue = listRequestsQuerySchema.safeParse(query).error?.issues[0];
  return issue && `${issue.path.join('.')}: ${issue.message}`;
};

describe('N10: the filters of ledger rows', () => {
  it.each([
    ['429', [{ least: 429, most: 429 }]],
    ['5xx', [{ least: 500, most: 599 }]],
    [
      '402, 4XX',
      [
        { least: 402, most: 402 },
        { least: 400, most: 499 },
      ],
    ],
  ])('N10: reads status=%s', (status, ranges) => expect(parsed({ status }).status).toEqual(ranges));

  it('N10: reads lists and single values', () => {
    const query = {
      state: 'failed,unknown',
      error_code: 'upstream_auth, timeout',
      provider: 'openai',
      cache_status: 'miss,HIT',
      tag: 'a,b',
      min_cost_usd: '0.25',
      stream: 'false',
      sort: '-cost',
    };
    expect(parsed(query)).toEqual({
      format: 'json',
      limit: 100,
      state: ['failed', 'unknown'],
      error_code: ['upstream_auth', 'timeout'],
      provider: ['openai'],
      cache_status: ['MISS', 'HIT'],
      tag: 'a,b',
      min_cost_usd: '0.25',
      stream: false,
      sort: '-cost',
    });
  });

  it.each([
    [{ status: '6xx' }, "status: '6xx' is not valid; expected a comma-separated list of HTTP statuses and classes"],
    [{ status: '200,' }, "status: '' is not valid"],
    [{ status: '' }, 'status: '],
    [{ state: 'done' }, "state: 'done' is not valid; expected a comma-separated list of dispatched, settled"],
    [{ error_code: 'a,,b' }, "error_code: '' is not valid"],
    [{ provider: Array.from({ length: 51 }, String).join() }, 'provider: must have at most 50 values'],
    [{ cache_status: 'COLD' }, "cache_status: 'COLD' is not valid"],
    [{ tag: 'a\0' }, 'tag: must not have control characters'],
    [{ min_cost_usd: '-1' }, 'min_cost_usd: must be decimal dollars'],
    [{ min_cost_usd: '1e3' }, 'min_cost_usd: must be decimal dollars'],
    [{ stream: 'yes' }, 'stream: must be true or false'],
    [{ sort: 'cost' }, 'sort: must be one of -created_at, created_at, -cost'],
  ])('N10: refuses %j by name', (query, message) => expect(refusal(query)).toContain(message));
});
