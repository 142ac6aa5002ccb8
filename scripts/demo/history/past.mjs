import { sql } from 'kysely';
import { product } from '../product.mjs';
import { ids } from './attempts.mjs';

const MINUTE_MS = 60_000;

/**
 * Moves what was done over the API to its time in the past: the audit, the objects that were made, and the generations of models.
 *
 * @param {Map<string, number>} past milliseconds since 1970, by `action subject` or by the name of a model
 */
export async function moveToPast({ db }, past, nowMs) {
  await moveAudit(db, past, nowMs);
  for (const [name, ms] of past) await moveObject(db, name, new Date(ms));
  await moveAlerts(db, past, ids(nowMs));
}

/** Without the triggers, which refuse it; the chain is computed anew in the order of the new times. */
async function moveAudit(db, past, nowMs) {
  const newId = ids(nowMs);
  const beginMs = Math.min(nowMs, ...past.values()) - MINUTE_MS;
  await sql`ALTER TABLE audit_events DISABLE TRIGGER USER`.execute(db);
  const { rows } = await sql`SELECT id, action, subject FROM audit_events`.execute(db);
  for (const { id, action, subject } of rows) {
    const wanted = past.get(`${action} ${subject}`) ?? past.get(action) ?? past.get(subject);
    const ms = action === 'audit.chain_started' ? beginMs : wanted;
    if (ms !== undefined)
      await sql`UPDATE audit_events SET id = ${`audit_${newId(ms)}`}, created_at = ${new Date(ms)} WHERE id = ${id}`.execute(
        db,
      );
  }
  await chainAnew(db);
  await sql`ALTER TABLE audit_events ENABLE TRIGGER USER`.execute(db);
}

async function chainAnew(db) {
  const { ChainRepository } = product('audit/chain.repository');
  const { hashOf, NO_HASH } = product('audit/chained-entry');
  const entries = await new ChainRepository({ db }).entries(undefined, Number.MAX_SAFE_INTEGER, 10_000);
  await sql`UPDATE audit_events SET seq = -seq`.execute(db);
  let hash = NO_HASH;
  for (const [index, entry] of entries.toSorted((a, b) => (a.id < b.id ? -1 : 1)).entries()) {
    const moved = { ...entry, seq: index + 1, prev_hash: hash };
    hash = hashOf(moved);
    await sql`UPDATE audit_events SET seq = ${moved.seq}, prev_hash = ${moved.prev_hash}, hash = ${hash} WHERE id = ${entry.id}`.execute(
      db,
    );
  }
  await sql`UPDATE audit_head SET hash = ${hash}`.execute(db);
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
