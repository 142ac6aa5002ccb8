/**
 * `node bench/ledger-reports.mjs`: the response times of reports over a ledger of many rows, over HTTP, on PostgreSQL.
 *
 *   --rows 1000000     rows of the ledger; 10000000 is the target; 0 uses the existing ledger
 *   --days 30          the number of days that they cover
 *   --teams 50         with four keys each
 *   --rounds 20        calls per figure, one after another
 *
 * It starts a separate PostgreSQL, or uses BENCH_DATABASE_URL (an empty database, or one that was seeded before).
 */
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import pg from 'pg';
import { startPostgres } from '../scripts/services.mjs';
import { startGateway } from './gateway.mjs';
import { seed } from './ledger-seed.mjs';
import { killAll, stop } from './processes.mjs';
import { machine } from './report.mjs';

const BAR_MS = 300;
const KEYS_A_TEAM = 4;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '1000000' },
    days: { type: 'string', default: '30' },
    teams: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '20' },
  },
});
const sizes = Object.fromEntries(Object.entries(values).map(([name, text]) => [name, Number(text)]));
const dist = join(import.meta.dirname, '../dist');
const adminKey = `sk-admin-${randomBytes(16).toString('hex')}`;
/** The same each time, so that the keys of a database that was seeded before work. */
const secretKey = 'bench'.padEnd(64, '0');
const say = (line) => process.stdout.write(`${line}\n`);
const scratch = mkdtempSync(join(tmpdir(), 'thriftgate-bench-'));

async function call(gateway, method, path, { key = adminKey, body } = {}) {
  const response = await fetch(gateway.url + path, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path} returned ${response.status}: ${text}`);
  return JSON.parse(text);
}

async function makeKeys(gateway) {
  const keys = [];
  for (let team = 0; team < sizes.teams; team += 1) {
    const name = `bench ${team} ${randomBytes(4).toString('hex')}`;
    const { id: teamId } = await call(gateway, 'POST', '/admin/teams', { body: { name } });
    for (let each = 0; each < KEYS_A_TEAM; each += 1) {
      const body = { name: `key ${each}` };
      const { id: keyId, key } = await call(gateway, 'POST', `/admin/teams/${teamId}/keys`, { body });
      keys.push({ teamId, keyId, key });
    }
  }
  return keys;
}

/** The key with the most rows in the ledger, and a new key of its team for the requests. */
async function busiestKey(gateway, databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const { rows } = await client.query(
    `SELECT team_id, key_id FROM usage_rollups WHERE grain = 'day by key_tag' GROUP BY 1, 2 ORDER BY sum(requests) DESC LIMIT 1`,
  );
  await client.end();
  if (rows.length === 0) throw new Error('The ledger is empty; give --rows.');
  const [{ team_id: teamId, key_id: keyId }] = rows;
  const { id: newKeyId, key } = await call(gateway, 'POST', `/admin/teams/${teamId}/keys`, {
    body: { name: 'reports' },
  });
  return { teamId, keyId, newKeyId, key };
}

function reports({ teamId, keyId, newKeyId, key }) {
  const at = (msAgo) => new Date(Date.now() - msAgo).toISOString();
  const month = new Date().toISOString().slice(0, 7);
  const ragged = `from=${at(20 * DAY_MS + 1_234_567)}&to=${at(3 * DAY_MS + 7_654_321)}`;
  return [
    ['usage, total of 30 days', '/admin/usage'],
    ['usage by team and model', '/admin/usage?group_by=team,model'],
    ['usage by day and model', '/admin/usage?group_by=day,model'],
    ['usage by key and day', '/admin/usage?group_by=key,day'],
    ['usage by tag', '/admin/usage?group_by=tag'],
    ['usage by tag, model and day', '/admin/usage?group_by=tag,model,day'],
    ['usage by tag and key', '/admin/usage?group_by=tag,key'],
    ['usage by hour, 30 days', '/admin/usage?group_by=hour'],
    ['usage by hour and model, 2 days', `/admin/usage?group_by=hour,model&from=${at(2 * DAY_MS)}`],
    ['usage by team and hour, 7 days', `/admin/usage?group_by=team,hour&from=${at(7 * DAY_MS)}`],
    ['usage by model, not on the hour', `/admin/usage?group_by=model&${ragged}`],
    ["a team's usage by model and day", '/v1/usage?group_by=model,day', key],
    ["a team's usage, not on the hour", `/v1/usage?group_by=model&${ragged}`, key],
    ['usage by day in Seoul', '/admin/usage?group_by=day&timezone=Asia/Seoul'],
    ['usage by team, model and day in Seoul', '/admin/usage?group_by=team,model,day&timezone=Asia/Seoul'],
    ['usage by key and day in Seoul', '/admin/usage?group_by=key,day&timezone=Asia/Seoul'],
    ['usage by tag and week in Seoul', '/admin/usage?group_by=tag,week&timezone=Asia/Seoul'],
    ["a team's usage by model, compared", '/v1/usage?group_by=model&compare=previous&timezone=Asia/Seoul', key],
    ['usage of two models by team', '/admin/usage?group_by=team&model=gpt-4.1,gpt-4o'],
    ["a key's usage by model and day", `/admin/usage?group_by=model,day&key=${keyId}`],
    ['usage of a tag by day', '/admin/usage?group_by=day&tag=nightly'],
    ['usage that failed, by team', '/admin/usage?group_by=team&status=4xx,5xx'],
    ['requests, the newest', '/admin/requests'],
    ['requests of an hour', `/admin/requests?from=${at(9 * DAY_MS)}&to=${at(9 * DAY_MS - HOUR_MS)}`],
    ['requests of a team', `/admin/requests?team_id=${teamId}`],
    ['requests of a key, 15 days ago', `/admin/requests?key_id=${keyId}&to=${at(15 * DAY_MS)}`],
    ['requests of a key without calls', `/admin/requests?key_id=${newKeyId}`],
    ['requests of the highest cost', '/admin/requests?sort=-cost'],
    ['requests of the highest cost, a day', `/admin/requests?sort=-cost&from=${at(9 * DAY_MS)}&to=${at(8 * DAY_MS)}`],
    ['requests that failed', '/admin/requests?status=4xx,5xx'],
    ['requests with a tag, oldest first', '/admin/requests?tag=nightly&sort=created_at'],
    ['requests with an unknown tag', '/admin/requests?tag=none'],
    ["a team's requests with an unknown tag", `/admin/requests?tag=none&team_id=${teamId}`],
    ['requests with an unknown tag, by cost', '/admin/requests?tag=none&sort=-cost'],
    ['statement of a team', `/admin/teams/${teamId}/statements/${month}?timezone=Asia/Seoul`],
    ['return of a month', `/admin/savings/roi?month=${month}&timezone=Asia/Seoul`],
    ['statistics of the cache, all time', '/admin/cache/stats'],
    ['statistics of the cache by day and model', '/admin/cache/stats?group_by=day,model'],
    ['statistics of the cache by team, day, model', '/admin/cache/stats?group_by=team,day,model'],
    [
      'statistics of the cache of a team, 10 days',
      `/admin/cache/stats?team_id=${teamId}&from=${at(10 * DAY_MS).slice(0, 10)}`,
    ],
    ['savings, a table by team', '/admin/savings?group_by=team&format=csv'],
    ['savings with opportunities', '/admin/savings?group_by=team'],
    ['savings with opportunities, a team', `/admin/savings?team_id=${teamId}`],
  ];
}

async function time(gateway, path, key) {
  const times = [];
  const send = async () => {
    const headers = { authorization: `Bearer ${key ?? adminKey}` };
    const response = await fetch(gateway.url + path, { headers });
    const text = await response.text();
    if (!response.ok) throw new Error(`${path} returned ${response.status}: ${text}`);
  };
  await send();
  for (let round = 0; round < sizes.rounds; round += 1) {
    const startedAt = performance.now();
    await send();
    times.push(performance.now() - startedAt);
    // Slow reports are requested less often.
    if (performance.now() - startedAt > 5_000 && round >= 2) break;
  }
  times.sort((left, right) => left - right);
  const rank = (share) => times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)];
  return { p50: rank(0.5), p95: rank(0.95) };
}

/** Compares the report of all time with a plain sum over the ledger. */
async function compare(gateway, databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  const startedAt = performance.now();
  const { rows } = await client.query(
    `SELECT count(*) AS rows, sum(input_tokens) AS input, sum(cost_pusd) AS cost FROM ledger WHERE state <> 'dispatched'`,
  );
  const plainMs = performance.now() - startedAt;
  const size = await client.query('SELECT pg_size_pretty(pg_database_size(current_database())) AS size');
  const rollups = await client.query('SELECT grain, count(*) AS rows FROM usage_rollups GROUP BY grain ORDER BY 1');
  await client.end();
  const { total } = await call(gateway, 'GET', '/admin/usage?from=2020-01-01');
  const pusd = BigInt(Math.round(Number(total.cost_usd) * 1e6));
  const same = String(total.input_tokens) === rows[0].input && pusd === (BigInt(rows[0].cost) + 500_000n) / 1_000_000n;
  const grains = rollups.rows.map(({ grain, rows: count }) => `${count} of ${grain}`).join(', ');
  say(`${rows[0].rows} rows, ${size.rows[0].size}, rollups: ${grains}; a plain sum takes ${Math.round(plainMs)} ms`);
  say(same ? 'the report is the sum of the rows' : 'THE REPORT IS NOT THE SUM OF THE ROWS');
}

async function main() {
  if (!existsSync(join(dist, 'src/main.js'))) throw new Error('There is no dist: run `npm run build` first.');
  const postgres = process.env.BENCH_DATABASE_URL ? undefined : await startPostgres();
  const databaseUrl = process.env.BENCH_DATABASE_URL ?? postgres?.url;
  if (!databaseUrl) throw new Error('PostgreSQL is not installed; set BENCH_DATABASE_URL.');
  try {
    say(machine(false));
    const command = { args: [join(dist, 'src/main.js')] };
    const env = { ADMIN_KEY: adminKey, SECRET_KEY: secretKey, DATABASE_URL: databaseUrl };
    const gateway = await startGateway({ command, upstream: 'http://127.0.0.1:9', directory: scratch, env });
    if (sizes.rows > 0) {
      const keys = await makeKeys(gateway);
      const perSecond = await seed({ databaseUrl, dist, rows: sizes.rows, days: sizes.days, keys, say });
      say(`seeded at ${Math.round(perSecond)} rows per second`);
    }
    await compare(gateway, databaseUrl);
    say(`\n| report | p50 | p95 | bar |\n| --- | ---: | ---: | --- |`);
    for (const [name, path, key] of reports(await busiestKey(gateway, databaseUrl))) {
      const { p50, p95 } = await time(gateway, path, key);
      say(
        `| ${name} | ${Math.round(p50)} ms | ${Math.round(p95)} ms | ${p95 <= BAR_MS ? 'kept' : `over ${BAR_MS} ms`} |`,
      );
    }
    await stop(gateway.child);
  } finally {
    await postgres?.stop();
  }
}

process.once('exit', () => {
  killAll();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});
await main().catch((error) => {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
});
