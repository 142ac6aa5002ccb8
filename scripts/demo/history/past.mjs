import { sql } from 'kysely';
import { ids } from './attempts.mjs';

/**
 * Moves what was done over the API to its time in the past: the audit, the objects that were made, and the generations of models.
 *
 * @param {Map<string, number>} past milliseconds since 1970, by `action subject` or by the name of a model
 */
export async function moveToPast({ db }, past, nowMs) {
  const newId = ids(nowMs);
  const { rows } = await sql`SELECT id, action, subject FROM audit_events`.execute(db);
  for (const { id, action, subject } of rows) {
    const ms = past.get(`${action} ${subject}`) ?? past.get(action) ?? past.get(subject);
    if (ms !== undefined)
      await sql`UPDATE audit_events SET id = ${`audit_${newId(ms)}`}, created_at = ${new Date(ms)} WHERE id = ${id}`.execute(
        db,
      );
  }
  for (const [name, ms] of past) await moveObject(db, name, new Date(ms));
  await moveAlerts(db, past, newId);
}

const TABLES = { team: 'teams', key: 'api_keys', budget: 'budgets', webhook: 'webhooks' };

async function moveObject(db, name, time) {
  const [, kind, action, id] = /^(\w+)\.(\w+) (.+)$/.exec(name) ?? [];
  if (action === undefined) {
    await sql`UPDATE model_generations SET created_at = ${time} WHERE model = ${name}`.execute(db);
    return;
  }
  if (!TABLES[kind]) return;
  const table = sql.table(TABLES[kind]);
  if (action === 'created')
    await sql`UPDATE ${table} SET created_at = ${time}, updated_at = ${time} WHERE id = ${id}`.execute(db);
  else await sql`UPDATE ${table} SET updated_at = ${time} WHERE id = ${id}`.execute(db);
  if (action === 'revoked') await sql`UPDATE api_keys SET revoked_at = ${time} WHERE id = ${id}`.execute(db);
}

/** Alerts about a model; they were raised before there was a webhook. */
async function moveAlerts(db, past, newId) {
  const { rows } = await sql`
    SELECT id, coalesce(data ->> 'model', data -> 'what' ->> 'model') AS model FROM alerts
    WHERE kind IN ('model_drift', 'cache_invalidated')`.execute(db);
  for (const { id, model } of rows) {
    const ms = past.get(model);
    if (ms === undefined) continue;
    await sql`UPDATE alerts SET id = ${`alert_${newId(ms)}`}, created_at = ${new Date(ms)} WHERE id = ${id}`.execute(
      db,
    );
  }
}
