import { adminUsageGroups, type UsageGroup } from '@thriftgate/contracts';
import type { Kysely } from 'kysely';
import { DateTime } from 'luxon';
import type { Database } from '../../src/database/database.connection';
import type { Schema } from '../../src/database/schema';
import type { LedgerDrain } from '../../src/ledger/drain/ledger-drain.service';
import { LedgerRepository } from '../../src/ledger/ledger.repository';
import { BUCKET_STARTS } from '../../src/ledger/sums/latency';
import { RefusedCallsRepository, type RefusedCount } from '../../src/refused-calls/refused-calls.repository';
import type { RefusedCalls } from '../../src/refused-calls/refused-calls.service';
import { ReportsRepository } from '../../src/usage/reports/reports.repository';
import { ReportsService, type UsageQuestion } from '../../src/usage/reports/reports.service';
import { NO_SUMS, plus, type Sums } from '../../src/usage/reports/sums';
import { toLedgerRow } from '../support/ledger-row';
import { DAYS, filterOf, matches, type Row, row, START_MS } from '../support/report-rows';
import { seeded } from '../support/seeded';
import { DATABASE_PROFILES, openTestDatabase, type TestDatabase } from '../support/test-database';

const ROWS = 2_000;
const REPORTS = 100;
const QUARTER_MS = 15 * 60_000;
/** Whole, half and quarter hours beside UTC, and one with a day of 25 hours. */
const ZONES = ['UTC', 'Asia/Seoul', 'Asia/Kolkata', 'Asia/Kathmandu', 'America/New_York', 'Australia/Lord_Howe'];
type Question = UsageQuestion & { from: Date; to: Date };

/** Every report is the sum of the ledger's rows: in every time zone, for every filter, from every level of the roll-ups. */
describe.each(DATABASE_PROFILES)('usage, %s', (profile) => {
  let database: TestDatabase;
  let db: Kysely<Schema>;
  let reports: ReportsService;
  const random = seeded(11);
  const one = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T;
  const rows = Array.from({ length: ROWS }, (_, index) => row(index, random));
  const refused = Array.from({ length: 100 }, () => refusal());

  function refusal(): RefusedCount {
    const atMs = START_MS + Math.floor((random() * DAYS * 24 * 3_600_000) / QUARTER_MS) * QUARTER_MS;
    const [errorCode, status] = one([['budget_exceeded', 402], ['rate_limit_exceeded', 429]] as const); // prettier-ignore
    const [teamId, keyId] = one([['team_0', 'key_1'], ['team_2', 'key_9']] as const); // prettier-ignore
    const period = new Date(atMs).toISOString();
    return {
      period,
      teamId,
      keyId,
      model: one(['gpt-4.1', '']),
      errorCode,
      status,
      calls: 1 + Math.floor(random() * 9),
    };
  }

  beforeAll(async () => {
    database = await openTestDatabase(profile);
    ({ db } = database);
    const ledger = new LedgerRepository(database as unknown as Database);
    for (let from = 0; from < ROWS; from += 300) {
      const page = rows.slice(from, from + 300);
      await ledger.write(page.map((each) => toLedgerRow({ ...each, state: 'dispatched' })));
      await ledger.write(page.map(toLedgerRow));
    }
    const refusals = new RefusedCallsRepository(database as unknown as Database);
    for (const count of refused) await refusals.add([count]);
    reports = new ReportsService(
      new ReportsRepository({ db } as Database),
      { flush: () => Promise.resolve(), drainedToMs: 0 } as Partial<LedgerDrain> as LedgerDrain,
      { flush: () => Promise.resolve() } as Partial<RefusedCalls> as RefusedCalls,
      { now: () => START_MS + DAYS * 24 * 3_600_000 },
    );
  });
  afterAll(() => database?.close());

  /** A random question: of a span, by filters, in a time zone. */
  function questionOf(): Question {
    const span = filterOf(random);
    if (span.from >= span.to) return questionOf();
    const some = <T>(values: readonly T[]) => (random() < 0.2 ? [one(values), one(values)] : undefined);
    return {
      ...span,
      timezone: one(ZONES),
      model: some(['gpt-4.1', '모델', 'none']),
      key: some(['key_1', 'key_2', 'key_job']),
      tag: some(['a', 'b', '검색']),
      provider: some(['openai', 'azure']),
      cache_status: some(['HIT', 'MISS']),
      status: random() < 0.2 ? [one([{ least: 429, most: 429 }, { least: 200, most: 299 }, { least: 400, most: 499 }])] : undefined, // prettier-ignore
    };
  }

  it('N15: equals the sums of the rows', async () => {
    for (let each = 0; each < REPORTS; each += 1) {
      const question = questionOf();
      const groups: UsageGroup[] = adminUsageGroups.filter(() => random() < 0.3);
      const { data, total } = await reports.usage(question, groups);
      const ofRows = rows
        .filter((one_) => meets(one_, question))
        .map((one_) => [namesOf(one_, question), sumsOf(one_)] as const);
      const ofRefused = refused
        .filter((one_) => refusedMeets(one_, question))
        .map(
          (one_) =>
            [refusedNames(one_, question), { ...NO_SUMS, refusedBy: { [one_.errorCode]: one_.calls } }] as const,
        );
      const all = [...ofRows, ...ofRefused];
      expect({ question, total }).toEqual({ question, total: all.reduce((sum, [, sums]) => plus(sum, sums), NO_SUMS) });
      const expected = new Map<string, Sums>();
      for (const [names, sums] of all)
        for (const tag of groups.includes('tag') ? names.tag : [null]) {
          const name = JSON.stringify(groups.map((group) => (group === 'tag' ? tag : names[group])));
          expected.set(name, plus(expected.get(name) ?? NO_SUMS, sums));
        }
      if (groups.length === 0) expected.set('[]', total);
      const found = new Map(
        data.map((group) => [JSON.stringify(groups.map((name) => group.groups[name])), group.sums]),
      );
      expect({ question, groups, found }).toEqual({ question, groups, found: expected });
    }
  });

  it('N15: sums all groups beyond a limit, and the period before', async () => {
    for (let each = 0; each < 20; each += 1) {
      const question = { ...questionOf(), tag: undefined, limit: 2, compare: 'previous' as const };
      const groups: UsageGroup[] = adminUsageGroups.filter((group) => group !== 'tag' && random() < 0.4);
      const { data, total, previous } = await reports.usage(question, groups);
      expect(data.length).toBeLessThanOrEqual(3);
      expect(data.reduce((sum, { sums }) => plus(sum, sums), NO_SUMS)).toEqual(total);
      expect(data.reduce((sum, group) => plus(sum, group.previous ?? NO_SUMS), NO_SUMS)).toEqual(previous?.total);
    }
  });
});

function meets(one: Row, question: Question): boolean {
  const { key, model, tag, provider, cache_status, status } = question;
  const isIn = (list: readonly string[] | undefined, value: string | null) => !list || list.includes(value ?? '');
  return (
    matches(one, question) &&
    isIn(key, one.key_id) &&
    isIn(model, one.model) &&
    isIn(provider, one.provider) &&
    isIn(cache_status, one.cache_status) &&
    (!tag || (one.tags ?? []).some((each) => tag.includes(each))) &&
    (!status || status.some(({ least, most }) => one.status >= least && one.status <= most))
  );
}

function refusedMeets(one: RefusedCount, { from, to, team_id, ...question }: Question): boolean {
  const { key, model, tag, provider, cache_status, status } = question;
  const startMs = Date.parse(one.period);
  return (
    startMs + QUARTER_MS > from.getTime() &&
    startMs < to.getTime() &&
    (team_id === undefined || one.teamId === team_id) &&
    (!key || key.includes(one.keyId)) &&
    (!model || model.includes(one.model)) &&
    !tag &&
    !provider &&
    !cache_status &&
    (!status || status.some(({ least, most }) => one.status >= least && one.status <= most))
  );
}

function sumsOf(one: Row): Sums {
  const failed = one.status !== 499 && (one.state === 'failed' || one.error_code !== null);
  const bucket = BUCKET_STARTS.findLastIndex((start) => start <= (one.latency_ms ?? 0));
  return {
    requests: one.attempt === 1 ? 1 : 0,
    attempts: 1,
    failedAttempts: failed ? 1 : 0,
    estimated: one.estimated ? 1 : 0,
    inputTokens: one.input_tokens,
    cachedInputTokens: one.cached_input_tokens,
    outputTokens: one.output_tokens,
    reasoningTokens: one.reasoning_tokens,
    listCostPusd: BigInt(one.list_cost_pusd),
    costPusd: BigInt(one.cost_pusd),
    savedPusd: BigInt(one.saved_pusd),
    estimatedCostPusd: one.estimated ? BigInt(one.cost_pusd) : 0n,
    latency: one.state === 'settled' && one.latency_ms !== null ? [...Array<number>(bucket).fill(0), 1] : [],
    refusedBy: {},
  };
}

function periodNames(time: string, timezone: string) {
  const at = DateTime.fromISO(time, { zone: timezone });
  return {
    hour: at.startOf('hour').toISO({ suppressMilliseconds: true }),
    day: at.toFormat('yyyy-MM-dd'),
    week: at.toFormat("kkkk-'W'WW"),
    month: at.toFormat('yyyy-MM'),
  };
}

function namesOf(one: Row, { timezone, tag }: Question) {
  const tags = [...new Set(one.tags ?? [])];
  return {
    ...periodNames(one.created_at, timezone),
    model: one.model,
    key: one.key_id,
    team: one.team_id,
    provider: one.provider,
    cache_status: one.cache_status,
    tag: tags.length === 0 ? [null] : tags.filter((each) => !tag || tag.includes(each)),
  };
}

function refusedNames(one: RefusedCount, { timezone }: Question) {
  return {
    ...periodNames(one.period, timezone),
    model: one.model || null,
    key: one.keyId,
    team: one.teamId,
    provider: null,
    cache_status: null,
    tag: [null],
  };
}
