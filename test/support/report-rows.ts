import type { UsageFilter } from '../../src/usage/reports/report-span';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** A month ends, a week begins, and the clocks of New York are set back on its second day. */
export const START_MS = Date.parse('2026-10-31T00:00:00Z');
export const DAYS = 4;
const SPELLING = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

export type Row = ReturnType<typeof row>;

/** A span of time, on a quarter of an hour, an hour, a day or none of them, and perhaps a team. */
export function filterOf(random: () => number): UsageFilter {
  const one = () => START_MS - HOUR_MS + Math.floor(random() * (DAYS * DAY_MS + 2 * HOUR_MS));
  const at = random() < 0.3 ? [START_MS, START_MS + DAYS * DAY_MS] : [one(), one()].toSorted((a, b) => a - b);
  const step = [1, HOUR_MS / 2, HOUR_MS, DAY_MS][Math.floor(random() * 4)] as number;
  const [from = 0, to = 0] = at.map((ms) => Math.floor(ms / step) * step);
  const team = `team_${Math.floor(random() * 3)}`;
  return { from: new Date(from), to: new Date(to), ...(random() < 0.4 && { team_id: team }) };
}

export function matches(one: Row, { from, to, team_id }: UsageFilter): boolean {
  const at = Date.parse(one.created_at);
  return at >= from.getTime() && at < to.getTime() && (team_id === undefined || one.team_id === team_id);
}

/** The first ten characters of a ULID with this time. */
export function idAt(ms: number): string {
  let text = '';
  for (let rest = ms, place = 0; place < 10; place += 1) {
    text = SPELLING[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** A row of the ledger like those of a few days of two teams. */
export function row(index: number, random: () => number) {
  const one = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)] as T;
  const status = one(['HIT', 'MISS', 'MISS', 'COALESCED', 'BYPASS']);
  const isFree = status === 'HIT' || status === 'COALESCED';
  const isFailed = !isFree && random() < 0.1;
  const list = isFailed ? 0 : 1 + Math.floor(random() * 1e12);
  const cost = isFree ? 0 : list;
  const key = one(['key_1', 'key_2', 'key_3', 'key_job']);
  // Some are exactly at the start of an hour or a day.
  const step = one([1, 1, HOUR_MS, DAY_MS]);
  const createdMs = Math.floor((START_MS + Math.floor(random() * DAYS * DAY_MS)) / step) * step;
  const batched = status === 'MISS' && random() < 0.2;
  return {
    request_id: idAt(createdMs) + String(index).padStart(16, '0'),
    attempt: random() < 0.1 ? 2 : 1,
    state: isFailed ? 'failed' : 'settled',
    team_id: key === 'key_job' ? 'team_2' : one(['team_0', 'team_1']),
    key_id: key,
    model: one(['gpt-4.1', '모델', "o'1"]),
    provider: one(['openai', 'azure', null]),
    endpoint: '/v1/chat/completions',
    status: isFailed ? one([400, 429, 499, 500]) : 200,
    error_code: !isFailed && random() < 0.05 ? 'upstream_stream_cut' : null,
    stream: key !== 'key_job' && random() < 0.5,
    cache_status: status,
    cache_generation: 1,
    input_tokens: Math.floor(random() * 1_000),
    cached_input_tokens: Math.floor(random() * 100),
    output_tokens: Math.floor(random() * 1_000),
    reasoning_tokens: Math.floor(random() * 100),
    list_cost_pusd: String(list),
    cost_pusd: String(cost),
    saved_pusd: String(list - cost),
    saved_by: isFree ? 'cache' : null,
    estimated: random() < 0.2,
    latency_ms: random() < 0.9 ? Math.floor(random() ** 4 * 100_000) : null,
    batch_id: batched ? 'batch_1' : null,
    tags: one([null, ['a'], ['b', 'a'], ['검색', 'a', 'a'], []]),
    created_at: new Date(createdMs).toISOString(),
    owner: 'instance_1',
  };
}
