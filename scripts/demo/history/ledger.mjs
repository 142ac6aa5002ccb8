import { product } from '../product.mjs';
import { windowOf } from '../budgets.mjs';
import { monthStart } from './calendar.mjs';

const { openedBy, rowOf } = product('ledger/ledger.service');
const { LedgerRepository } = product('ledger/ledger.repository');
const { LeasesRepository } = product('ledger/leases/leases.repository');
const { OwnersRepository } = product('ledger/owners/owners.repository');
const { PartitionsRepository } = product('ledger/upkeep/partitions.repository');
const { monthAt } = product('ledger/upkeep/months');

const ROWS_A_WRITE = 2_500;
/** Calls that cost nothing are charged to no budget. */
const FREE = new Set(['HIT', 'COALESCED']);

/**
 * Writes attempts of the past with the statement of the gateway's drain, which makes all sums, accounts and leases of them.
 *
 * @param attempts in the order of time, each `{intent, outcome, createdAtMs, owner?}`
 * @param owner the id of an instance that has ended since
 * @param say gets the share written, 0 to 1
 */
export async function writeLedger(database, { attempts, budgets, owner, nowMs }, say) {
  const partitions = new PartitionsRepository(database);
  const months = new Map(
    attempts.map(({ createdAtMs }) => monthAt(createdAtMs, 0)).map((month) => [month.partition, month]),
  );
  for (const month of months.values()) await partitions.create(month);
  await beginWindows(new LeasesRepository(database), budgets, attempts[0]?.createdAtMs ?? nowMs, nowMs);
  const ledger = new LedgerRepository(database);
  const owners = new OwnersRepository(database);
  for (let done = 0; done < attempts.length; done += ROWS_A_WRITE) {
    await ledger.write(attempts.slice(done, done + ROWS_A_WRITE).map((attempt) => toRow(attempt, budgets, owner)));
    say(Math.min(1, (done + ROWS_A_WRITE) / attempts.length));
  }
  for (const each of new Set(attempts.map((attempt) => attempt.owner ?? owner))) await owners.reclaimAll(each);
}

/** Begins each month's window before it has rows, as the first call of a month does. */
async function beginWindows(leases, budgets, fromMs, toMs) {
  for (const { id, team, limitPusd } of budgets) {
    const budget = { id, teamId: team.id, keyId: null, limitPusd };
    for (let startMs = monthStart(fromMs); startMs <= toMs; startMs = monthStart(startMs + 32 * 24 * 3_600_000))
      await leases.begin({ budget, startMs });
  }
}

function toRow({ intent, outcome, createdAtMs, owner: own }, budgets, owner) {
  const budget = FREE.has(intent.cache_status) ? undefined : budgets.find(({ team }) => team.id === intent.team_id);
  const charged = budget ? [windowOf(budget, createdAtMs)] : intent.charged;
  const start = { inputTokens: outcome.usage.inputTokens, holdPusd: outcome.costPusd, createdAtMs };
  const open = openedBy({ id: own ?? owner }, { ...intent, charged }, start);
  return Buffer.from(rowOf(open, outcome));
}
