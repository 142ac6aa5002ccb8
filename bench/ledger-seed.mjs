/** Fills a ledger with calls that resemble a month of many teams, counted by the gateway's own statement. */
import { encodeTime } from 'ulid';
import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';

const DAY_MS = 24 * 3_600_000;
const ROWS_A_WRITE = 20_000;
/** The owner of the rows that are seeded. */
const OWNER = 'bench';
const MODELS = ['gpt-4.1', 'gpt-4.1-mini', 'gpt-4o', 'gpt-4o-mini', 'o4-mini', 'gpt-5', 'gpt-5-mini', 'gpt-5-nano'];
const TAGS = [null, ['nightly'], ['search'], ['search', 'mobile'], ['support']];
const SPELLING = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A generator with the same numbers each time, so that runs can be compared. */
function numbers(start) {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Sixteen characters that increase within a run, so that ids are unique and ordered. */
function counted(index) {
  let text = '';
  for (let rest = index, place = 0; place < 16; place += 1) {
    text = SPELLING[rest % 32] + text;
    rest = Math.floor(rest / 32);
  }
  return text;
}

/** One call as JSON text of the ledger: 60 % hits, 30 % streams, 2 % refused. */
function row(index, createdAt, random, keys) {
  const pick = (list) => list[Math.floor(random() ** 2 * list.length)];
  const { teamId, keyId } = pick(keys);
  const hit = random() < 0.6;
  const failed = !hit && random() < 0.05;
  const inputTokens = 50 + Math.floor(random() * 2_000);
  const outputTokens = failed ? 0 : 10 + Math.floor(random() * 500);
  const list = failed ? 0 : inputTokens * 2_000_000 + outputTokens * 8_000_000;
  const cost = hit ? 0 : list;
  return JSON.stringify({
    request_id: encodeTime(createdAt, 10) + counted(index),
    attempt: 1,
    state: failed ? 'failed' : 'settled',
    team_id: teamId,
    key_id: keyId,
    model: pick(MODELS),
    provider: 'openai',
    upstream_model: 'bench',
    endpoint: '/v1/chat/completions',
    status: failed ? 429 : 200,
    stream: random() < 0.3,
    cache_status: hit ? 'HIT' : random() < 0.1 ? 'BYPASS' : 'MISS',
    cache_generation: 0,
    uncached: null,
    question: hit ? null : String(Math.floor(random() ** 2 * 2 ** 24)),
    input_tokens: failed ? 0 : inputTokens,
    cached_input_tokens: 0,
    output_tokens: outputTokens,
    reasoning_tokens: 0,
    list_cost_pusd: String(list),
    cost_pusd: String(cost),
    saved_pusd: String(list - cost),
    saved_by: hit ? 'cache' : null,
    estimated: false,
    tags: TAGS[Math.floor(random() * TAGS.length)],
    created_at: new Date(createdAt).toISOString(),
    latency_ms: hit ? Math.floor(random() * 4) : 200 + Math.floor(random() ** 4 * 20_000),
    owner: OWNER,
  });
}

/**
 * Writes `rows` calls, evenly distributed over the last `days` days, oldest first, and counts them a day at a time with the
 * gateway's own statement.
 */
export async function seed({ databaseUrl, dist, rows, days, keys, say }) {
  const { ENDED_COUNTED } = await import(`${dist}/src/ledger/ended-rows.repository.js`);
  const { PartitionsRepository } = await import(`${dist}/src/ledger/upkeep/partitions.repository.js`);
  const { monthAt } = await import(`${dist}/src/ledger/upkeep/months.js`);
  const db = new Kysely({
    dialect: new PostgresDialect({ pool: new pg.Pool({ connectionString: databaseUrl, max: 1 }) }),
  });
  const now = Date.now();
  const partitions = new PartitionsRepository({ db });
  for (let at = now - days * DAY_MS; at < now + 31 * DAY_MS; at += DAY_MS) await partitions.create(monthAt(at, 0));
  const random = numbers(1);
  const startedAt = performance.now();
  for (let done = 0; done < rows;) {
    const count = Math.min(ROWS_A_WRITE, rows - done);
    const createdAt = (index) => Math.floor(now - days * DAY_MS * (1 - (index + 1) / rows));
    const texts = Array.from({ length: count }, (_, at) => row(done + at, createdAt(done + at), random, keys));
    await sql`INSERT INTO ledger SELECT * FROM json_populate_recordset(NULL::ledger, ${`[${texts.join()}]`}::json)`.execute(
      db,
    );
    done += count;
    if (done % 500_000 === 0) say(`${done} rows in ${Math.round((performance.now() - startedAt) / 1000)} s`);
  }
  const firstDay = Math.floor((now - days * DAY_MS) / DAY_MS) * DAY_MS;
  for (let day = firstDay; day <= now; day += DAY_MS) {
    const [from, to] = [new Date(day), new Date(day + DAY_MS)];
    await sql`WITH written AS (
        SELECT * FROM ledger WHERE created_at >= ${from} AND created_at < ${to} AND owner = ${OWNER}
      ) ${ENDED_COUNTED}`.execute(db);
  }
  await db.destroy();
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('VACUUM ANALYZE');
  await client.end();
  return rows / ((performance.now() - startedAt) / 1000);
}
