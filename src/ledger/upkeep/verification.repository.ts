import { Injectable } from '@nestjs/common';
import { ENDPOINTS } from '@thriftgate/providers';
import { type RawBuilder, sql } from 'kysely';
import { Database } from '../../database/database.connection';
import { snapshot } from '../../database/snapshot';
import { grainOf, ROLLUP_LEVELS } from '../rollup-levels';

/** What must be true of the ledger, and a query for what breaks it. */
interface Invariant {
  name: string;
  /** Rows that should not be there, each as a text that says which and why. */
  violations: RawBuilder<{ violation: string }>;
}

/** How many violations of one invariant are named. */
const MOST_NAMED = 20;

/** What marks the rows of each level of the roll-ups, and whether they keep teams apart. */
const GRAINS = sql.join(
  ROLLUP_LEVELS.flatMap((level) =>
    level.units.map((unit) => sql`(${sql.lit(grainOf(unit, level))}, ${sql.lit(level.keeps.includes('team_id'))})`),
  ),
);

/** The paths of the APIs whose calls have parts, each of which may be asked and stored by itself. */
const PARTED = sql`${sql.lit(`{${ENDPOINTS.flatMap(({ parts, path }) => (parts ? [path] : [])).join()}}`)}::text[]`;

const INVARIANTS: Invariant[] = [
  {
    name: 'debits and credits of all accounts are equal',
    violations: sql`SELECT 'debits ' || sum(debits_pusd) || ', credits ' || sum(credits_pusd) AS violation
      FROM accounts HAVING sum(debits_pusd) <> sum(credits_pusd)`,
  },
  {
    name: 'each account is the sum of its entries',
    violations: sql`SELECT coalesce(a.id, e.account) || ': account ' || coalesce(a.debits_pusd, 0) || '/' || coalesce(a.credits_pusd, 0)
        || ', entries ' || coalesce(e.debits, 0) || '/' || coalesce(e.credits, 0) AS violation
      FROM accounts a FULL JOIN (
        SELECT account, sum(debit) AS debits, sum(credit) AS credits FROM (
          SELECT account, debit_pusd AS debit, credit_pusd AS credit FROM entries
          UNION ALL SELECT account, debits_pusd, credits_pusd FROM ledger_closings) AS parts GROUP BY account
      ) AS e ON e.account = a.id
      WHERE coalesce(a.debits_pusd, 0) <> coalesce(e.debits, 0) OR coalesce(a.credits_pusd, 0) <> coalesce(e.credits, 0)`,
  },
  {
    name: 'nothing is negative, and what is saved is the difference',
    violations: sql`SELECT request_id || '.' || attempt AS violation FROM ledger
      WHERE saved_pusd <> list_cost_pusd - cost_pusd OR coalesce(latency_ms, 0) < 0
        OR (corrects IS NULL AND (cost_pusd < 0 OR list_cost_pusd < 0 OR saved_pusd < 0 OR input_tokens < 0 OR output_tokens < 0
          OR cached_input_tokens < 0 OR reasoning_tokens < 0))`,
  },
  {
    name: 'no call costs less than nothing after its corrections',
    violations: sql`SELECT request_id AS violation FROM ledger WHERE request_id IN (SELECT request_id FROM ledger WHERE corrects IS NOT NULL)
      GROUP BY request_id HAVING sum(cost_pusd) < 0 OR sum(list_cost_pusd) < 0 OR sum(input_tokens) < 0 OR sum(output_tokens) < 0
        OR sum(cached_input_tokens) < 0 OR sum(reasoning_tokens) < 0`,
  },
  {
    name: 'no call is answered twice',
    // A failure that was charged is no answer; one that its caller has left is. A call with parts may have several questions,
    // and parts that the cache has answered.
    violations: sql`SELECT request_id AS violation FROM ledger WHERE state = 'settled' AND (error_code IS NULL OR status = 499)
      AND corrects IS NULL AND NOT (endpoint = ANY (${PARTED}) AND question IS NULL)
      GROUP BY request_id, CASE WHEN endpoint = ANY (${PARTED}) THEN question || ' ' || upstream_model END HAVING count(*) > 1`,
  },
  {
    name: 'the sums by hour and by day, on each level, are those of the rows',
    violations: sql`SELECT team_id || ' ' || day || ' ' || grain AS violation FROM (
        SELECT grain, team_id, date_trunc('day', period, 'UTC') AS day, sum(attempts) AS attempts, sum(requests) AS requests,
          sum(input_tokens) AS input, sum(output_tokens) AS output, sum(list_cost_pusd) AS list, sum(cost_pusd) AS cost
        FROM usage_rollups GROUP BY 1, 2, 3) AS rolled
      FULL JOIN (
        SELECT grain, CASE WHEN keeps_teams THEN team_id ELSE '' END AS team_id, day, sum(attempts) AS attempts,
          sum(requests) AS requests, sum(input) AS input, sum(output) AS output, sum(list) AS list, sum(cost) AS cost
        FROM (
          SELECT team_id, date_trunc('day', created_at, 'UTC') AS day, count(*) FILTER (WHERE corrects IS NULL) AS attempts,
            count(*) FILTER (WHERE attempt = 1) AS requests, sum(input_tokens) AS input, sum(output_tokens) AS output,
            sum(list_cost_pusd) AS list, sum(cost_pusd) AS cost
          FROM ledger WHERE state <> 'dispatched' GROUP BY 1, 2) AS of_teams, (VALUES ${GRAINS}) AS grains (grain, keeps_teams)
        GROUP BY 1, 2, 3) AS rows
      USING (grain, team_id, day)
      WHERE (rolled.attempts, rolled.requests, rolled.input, rolled.output, rolled.list, rolled.cost)
        IS DISTINCT FROM (rows.attempts, rows.requests, rows.input, rows.output, rows.list, rows.cost)
        AND NOT EXISTS (SELECT FROM ledger_closings WHERE partition = 'ledger_' || to_char(day AT TIME ZONE 'UTC', 'YYYY_MM'))`,
  },
  {
    name: 'the counters of the cache are the sums of the rows',
    violations: sql`SELECT team_id || ' ' || day || ' ' || model || ' ' || generation || ' ' || cache_status || ' ' || uncached
        || ': counted ' || coalesce(counted.requests, 0) || '/' || coalesce(counted.refused, 0)
        || ', rows ' || coalesce(rows.requests, 0) || '/' || coalesce(rows.refused, 0) AS violation
      FROM (
        SELECT day, team_id, model, generation, cache_status, uncached, sum(requests) AS requests, sum(refused) AS refused,
          sum(saved_pusd) AS saved
        FROM cache_rollups GROUP BY 1, 2, 3, 4, 5, 6) AS counted
      FULL JOIN (
        SELECT (created_at AT TIME ZONE 'UTC')::date AS day, team_id, model, cache_generation AS generation, cache_status,
          coalesce(uncached, '') AS uncached, count(*) FILTER (WHERE attempt = 1) AS requests, count(uncached) AS refused,
          sum(saved_pusd) AS saved
        FROM ledger WHERE state <> 'dispatched' GROUP BY 1, 2, 3, 4, 5, 6) AS rows
      USING (day, team_id, model, generation, cache_status, uncached)
      WHERE (coalesce(counted.requests, 0), coalesce(counted.refused, 0), coalesce(counted.saved, 0))
        <> (coalesce(rows.requests, 0), coalesce(rows.refused, 0), coalesce(rows.saved, 0))
        AND NOT EXISTS (SELECT FROM ledger_closings WHERE partition = 'ledger_' || to_char(day, 'YYYY_MM'))`,
  },
  {
    name: 'budgets count what the rows that name them cost',
    violations: sql`SELECT slice || ': counted ' || coalesce(counted, 0) || ', rows ' || coalesce(cost, 0) AS violation FROM (
        SELECT budget_id || '@' || extract(epoch FROM window_start)::bigint AS slice, sum(used_pusd) AS counted
        FROM budget_leases WHERE owner <> 'opening' GROUP BY 1) AS leases
      FULL JOIN (
        SELECT slice, sum(cost_pusd) AS cost FROM (
          SELECT unnest(charged) AS slice, cost_pusd FROM ledger WHERE state <> 'dispatched' AND charged IS NOT NULL
          UNION ALL SELECT unnest(charged), cost_pusd FROM ledger_refusals WHERE state <> 'dispatched') AS charges
        GROUP BY 1) AS rows USING (slice)
      WHERE coalesce(counted, 0) <> coalesce(cost, 0) AND NOT EXISTS (SELECT FROM ledger_closings)`,
  },
  {
    name: 'the database has taken every row',
    violations: sql`SELECT request_id || '.' || attempt || ' of ' || team_id || ': ' || cost_pusd || ' pico-dollars, ' || reason AS violation
      FROM ledger_refusals`,
  },
  {
    name: 'no line of a journal is damaged',
    violations: sql`SELECT segment || ' from byte ' || position || ' on: ' || lines || CASE lines WHEN 1 THEN ' line' ELSE ' lines' END
        || ' of ' || bytes || ' bytes, kept in journal/' || segment || '.damaged' AS violation
      FROM journal_damages ORDER BY segment, position`,
  },
  {
    name: 'no owner that has ended holds money',
    violations: sql`SELECT budget_id || ' ' || owner AS violation FROM budget_leases WHERE closed AND granted_pusd <> used_pusd`,
  },
];

/** Looks for what must not be in the ledger. */
@Injectable()
export class VerificationRepository {
  constructor(private readonly database: Database) {}

  /** All invariants, checked on one state of the database. */
  verify(): Promise<{ name: string; violations: string[] }[]> {
    return snapshot(this.database, async (transaction) => {
      const checks: { name: string; violations: string[] }[] = [];
      for (const { name, violations } of INVARIANTS) {
        const { rows } = await sql<{ violation: string }>`${violations} LIMIT ${MOST_NAMED}`.execute(transaction);
        checks.push({ name, violations: rows.map(({ violation }) => violation) });
      }
      return checks;
    });
  }
}
