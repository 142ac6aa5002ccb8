import { type RequestSort, requestSorts } from '@thriftgate/contracts';
import type { Database } from '../../src/database/database.connection';
import { LedgerRepository } from '../../src/ledger/ledger.repository';
import type { RequestPlace } from '../../src/usage/requests/request-cursor';
import {
  type PageQuery,
  placeOf,
  RequestsRepository,
  type RowFilter,
} from '../../src/usage/requests/requests.repository';
import { toLedgerRow } from '../support/ledger-row';
import { seeded } from '../support/seeded';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

const ROWS = 400;
const START_MS = Date.parse('2026-11-20T00:00:00Z');
const HOUR_MS = 3_600_000;
const random = seeded(11);
const one = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T;
const rows = Array.from({ length: ROWS }, (_, index) => row(index));
type Row = (typeof rows)[number];

/** Each filter of rows, with what it means. */
const FILTERS: [name: string, RowFilter, (row: Row) => boolean][] = [
  ['none', {}, () => true],
  ['model', { model: '모델' }, ({ model }) => model === '모델'],
  ['status', { status: [{ least: 429, most: 429 }] }, ({ status }) => status === 429],
  [
    'classes of statuses',
    {
      status: [
        { least: 500, most: 599 },
        { least: 402, most: 402 },
      ],
    },
    ({ status }) => status >= 500 || status === 402,
  ],
  ['state', { state: ['failed', 'unknown'] }, ({ state }) => state !== 'settled'],
  ['error_code', { error_code: ['upstream_auth', "o'"] }, ({ error_code }) => error_code === 'upstream_auth'],
  ['provider', { provider: ['azure', 'none'] }, ({ provider }) => provider === 'azure'],
  ['cache_status', { cache_status: ['HIT', 'BYPASS'] }, (at) => ['HIT', 'BYPASS'].includes(at.cache_status)],
  ['tag', { tag: '검색,"a' }, ({ tags }) => tags?.includes('검색,"a') ?? false],
  ['min_cost_usd', { minCostPusd: 500n }, ({ cost_pusd }) => Number(cost_pusd) >= 500],
  ['stream', { stream: false }, ({ stream }) => !stream],
  [
    'several',
    { stream: true, tag: 'a', minCostPusd: 1n },
    (at) => at.stream && (at.tags?.includes('a') ?? false) && at.cost_pusd !== '0',
  ],
];

describe.each(DATABASE_PROFILES)('pages of the ledger, %s', (profile) => {
  let database: TestDatabase;
  let requests: RequestsRepository;

  beforeAll(async () => {
    database = await openTestDatabase(profile);
    const ledger = new LedgerRepository(database as unknown as Database);
    await ledger.write(rows.map((each) => toLedgerRow({ ...each, state: 'dispatched' })));
    await ledger.write(rows.map(toLedgerRow));
    requests = new RequestsRepository({ db: database.db } as Database);
  });
  afterAll(() => database?.close());

  /** The keys of all rows, page after page. */
  const all = async (query: Partial<PageQuery> & { sort: RequestSort }, limit: number, maxExamined: number) => {
    const keys: string[] = [];
    let after: RequestPlace | undefined;
    do {
      const page = await requests.page({ indexed: {}, rows: {}, ...query, after }, limit, maxExamined);
      keys.push(...page.rows.map(keyOf));
      const last = page.rows.at(-1);
      after = page.rows.length === limit && last ? placeOf(last) : page.examinedTo;
    } while (after);
    return keys;
  };

  describe.each(requestSorts)('N10: in the order of %s', (sort) => {
    it.each(FILTERS)('N10: have each row once, filtered by %s', async (_, filter, matches) => {
      const expected = rows.filter(matches).toSorted(inOrder(sort)).map(keyOf);
      expect(expected.length).toBeGreaterThan(0);
      expect(await all({ sort, rows: filter }, 1_000, 1_000)).toEqual(expected);
      expect(await all({ sort, rows: filter }, 7, 31)).toEqual(expected);
    });

    it('N10: have the rows of a team and a time', async () => {
      const from = new Date(START_MS + 20 * HOUR_MS);
      const to = new Date(START_MS + 60 * HOUR_MS);
      const indexed = { team_id: 'team_1', from, to };
      const expected = rows
        .filter(({ team_id, created_at }) => team_id === 'team_1' && created_at >= iso(from) && created_at < iso(to))
        .toSorted(inOrder(sort))
        .map(keyOf);
      expect(await all({ sort, indexed }, 7, 31)).toEqual(expected);
      const streams = new Set(rows.filter(({ stream }) => stream).map(keyOf));
      const found = await all({ sort, indexed, rows: { stream: true } }, 7, 31);
      expect(found).toEqual(expected.filter((key) => streams.has(key)));
    });
  });

  it('N10: end after the rows that were examined, also where none matches', async () => {
    const query: PageQuery = { indexed: {}, rows: { tag: 'none' }, sort: '-created_at', after: undefined };
    const { rows: found, examinedTo } = await requests.page(query, 10, 150);
    const newest = rows.toSorted(inOrder('-created_at'));
    expect(found).toEqual([]);
    expect(examinedTo).toMatchObject({ requestId: newest[149]?.request_id, attempt: newest[149]?.attempt });
    expect(await requests.page({ ...query, after: examinedTo }, 10, ROWS)).toEqual({ rows: [], examinedTo: undefined });
  });
});

const iso = (date: Date) => date.toISOString();
const keyOf = ({ request_id, attempt }: { request_id: string; attempt: number }) => `${request_id}.${attempt}`;

function inOrder(sort: RequestSort) {
  const byKey = (a: Row, b: Row) => (a.request_id < b.request_id ? -1 : 1);
  if (sort === 'created_at') return byKey;
  if (sort === '-created_at') return (a: Row, b: Row) => byKey(b, a);
  return (a: Row, b: Row) => Number(b.cost_pusd) - Number(a.cost_pusd) || byKey(b, a);
}

function row(index: number) {
  const createdMs = START_MS + index * HOUR_MS * 0.2;
  const [state, status, error_code] = one([
    ['settled', 200, null],
    ['settled', 200, null],
    ['failed', 401, 'upstream_auth'],
    ['failed', 429, 'upstream_rate_limited'],
    ['unknown', 502, 'upstream_timeout'],
    ['failed', 402, null],
  ] as const);
  return {
    request_id: idAt(createdMs) + String(index).padStart(16, '0'),
    attempt: one([1, 1, 2]),
    state,
    status,
    error_code,
    team_id: one(['team_0', 'team_1']),
    key_id: 'key_1',
    model: one(['gpt-4.1', '모델']),
    provider: one(['openai', 'azure', null]),
    endpoint: '/v1/chat/completions',
    stream: random() < 0.5,
    cache_status: one(['HIT', 'MISS', 'MISS', 'COALESCED', 'BYPASS']),
    cache_generation: 1,
    input_tokens: 1,
    cached_input_tokens: 0,
    output_tokens: 1,
    reasoning_tokens: 0,
    list_cost_pusd: '1000',
    cost_pusd: state === 'failed' ? '0' : String(one([0, 1, 500, 500, 1_000])),
    saved_pusd: '0',
    saved_by: null,
    estimated: false,
    batch_id: null,
    tags: one([null, ['a'], ['b', 'a'], ['검색,"a']]),
    created_at: new Date(createdMs).toISOString(),
    owner: 'instance_1',
  };
}

/** The first ten characters of a ULID with this time. */
function idAt(ms: number): string {
  const spelling = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  let text = '';
  for (let rest = Math.floor(ms), place = 0; place < 10; place += 1, rest = Math.floor(rest / 32))
    text = spelling[rest % 32] + text;
  return text;
}
