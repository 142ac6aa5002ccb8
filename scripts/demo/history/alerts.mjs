import { sql } from 'kysely';
import { product } from '../product.mjs';
import { MODELS } from '../models.mjs';
import { FAILING, momentsOf } from '../moments.mjs';
import { ids } from './attempts.mjs';
import { monthStart } from './calendar.mjs';

const { AlertsRepository } = product('alerts/alerts.repository');
const { formatUsd } = product('common/money');

const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

/** Stores the alerts that the past has raised, each once, and what became of them at webhooks. */
export async function storeAlerts(database, { attempts, budgets, batches, nowMs }) {
  const alerts = [
    ...budgets.flatMap((budget) => thresholds(budget, attempts, nowMs)),
    ...batches.map(ended),
    outage(nowMs),
  ];
  const repository = new AlertsRepository(database);
  const newId = ids(nowMs + 1);
  for (const { ms, ...alert } of alerts.filter((each) => each.ms < nowMs)) {
    const id = `alert_${newId(ms)}`;
    await repository.insert(id, alert);
    await sql`UPDATE alerts SET created_at = ${new Date(ms)} WHERE id = ${id}`.execute(database.db);
  }
  await deliver(database);
}

/** The thresholds that a budget has reached this month, with the keys under which its watch raises them. */
function thresholds({ id, team, limitPusd, thresholds: shares }, attempts, nowMs) {
  const startMs = monthStart(nowMs);
  const next = new Date(monthStart(startMs + 32 * DAY_MS)).toISOString();
  const base = { budget_id: id, scope: `team:${team.id}`, limit_usd: formatUsd(limitPusd), resets_at: next };
  const alerts = [];
  let spentPusd = 0n;
  const open = shares.toSorted((one, other) => one - other);
  for (const { intent, outcome, createdAtMs } of attempts) {
    if (intent.team_id !== team.id || createdAtMs < startMs) continue;
    spentPusd += outcome.costPusd;
    while (open.length > 0 && Number(spentPusd) >= open[0] * Number(limitPusd)) {
      const share = open.shift();
      alerts.push({
        ms: createdAtMs + 20_000,
        kind: 'budget_threshold',
        severity: share >= 1 ? 'critical' : 'warning',
        dedupeKey: `budget_threshold:${id}:${startMs}:${limitPusd}:${share}`,
        teamId: team.id,
        data: { ...base, share, spent_usd: formatUsd(spentPusd) },
      });
    }
  }
  return alerts;
}

function ended({ id, team, status, lines, attempts, files, endedMs }) {
  const done = lines.filter(({ state }) => state === 'done').length;
  const sum = (of) => formatUsd(attempts.reduce((total, { outcome }) => total + of(outcome), 0n));
  const data = {
    team_id: team.id,
    batch_id: id,
    total: lines.length,
    completed: done,
    failed: lines.length - done,
    cost_usd: sum(({ costPusd }) => costPusd),
    saved_usd: sum(({ listCostPusd, costPusd }) => listCostPusd - costPusd),
    output_file_id: files.output,
    error_file_id: done < lines.length ? files.error : null,
  };
  return { ms: endedMs, kind: `batch.${status}`, severity: 'info', dedupeKey: `batch:${id}`, teamId: team.id, data };
}

function outage(nowMs) {
  const ms = momentsOf(nowMs).outageMs + 4 * 60_000;
  const provider = FAILING;
  const deployment = `${provider}/${MODELS['support-chat'].asks}`;
  const message = 'The server is overloaded. Please try again later.';
  const data = { provider, deployment, failed: 38, attempts: 41, minutes: 5, code: 'upstream_error', message };
  const dedupeKey = `provider_failing:${deployment}:${Math.floor(ms / HOUR_MS)}`;
  return { ms, kind: 'provider_failing', severity: 'critical', dedupeKey, teamId: null, data };
}

/** All were taken, save one that its receiver refused. */
async function deliver({ db }) {
  await sql`
    UPDATE webhook_deliveries AS sent SET state = 'delivered', tries = 1, delivered_at = alerts.created_at + interval '1 second',
      next_at = alerts.created_at FROM alerts WHERE alerts.id = sent.alert_id`.execute(db);
  await sql`
    UPDATE webhook_deliveries SET state = 'failed', tries = 8, delivered_at = NULL, last_error = 'the receiver answered 503'
    WHERE (alert_id, webhook_id) IN (SELECT alert_id, webhook_id FROM webhook_deliveries ORDER BY alert_id DESC LIMIT 1)`.execute(
    db,
  );
  await sql`
    UPDATE webhooks SET last_tried_at = (
      SELECT max(delivered_at) FROM webhook_deliveries WHERE webhook_id = webhooks.id)`.execute(db);
}
