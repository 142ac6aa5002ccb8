import { atWork, monthStart } from './history/calendar.mjs';

const DAY_MS = 24 * 3_600_000;
const PUSD = 10n ** 12n;
/** On the first days of a month too a limit is no smaller. */
const LEAST_USD = 1;

/**
 * Makes the budgets: each team has spent the share of its limit that is planned for it.
 *
 * @param spentPusd pico-dollars that each team has spent this month, by id
 * @returns the budgets with their teams, ids and limits
 */
export async function makeBudgets(gateway, { teams, past, admin }, spentPusd, nowMs) {
  const budgets = [];
  for (const team of teams.filter(({ budget }) => budget)) {
    const { spent, ...settings } = team.budget;
    const limit = Math.max(LEAST_USD, toUsd(spentPusd.get(team.id) ?? 0n) / spent).toFixed(2);
    const body = { team_id: team.id, limit_usd: limit, timezone: 'Asia/Seoul', ...settings };
    // The search team had half of it until it grew.
    const isRaised = team === teams[0];
    const first = { ...body, limit_usd: isRaised ? (Number(limit) / 2).toFixed(2) : limit };
    const { id } = await gateway.call('POST', '/admin/budgets', first, admin);
    past.set(
      `budget.created ${id}`,
      atWork(nowMs - 62 * DAY_MS, () => budgets.length / 10),
    );
    if (isRaised) {
      await gateway.call('PATCH', `/admin/budgets/${id}`, { limit_usd: limit }, admin);
      past.set(
        `budget.updated ${id}`,
        atWork(nowMs - 33 * DAY_MS, () => 0.4),
      );
    }
    budgets.push({ id, team, limitPusd: BigInt(Math.round(Number(limit) * 100)) * (PUSD / 100n), ...settings });
  }
  return budgets;
}

/** What each team has spent since the start of the month in Seoul, in pico-dollars by id. */
export function spentThisMonth(attempts, nowMs) {
  const fromMs = monthStart(nowMs);
  const sums = new Map();
  for (const { intent, outcome, createdAtMs } of attempts)
    if (createdAtMs >= fromMs) sums.set(intent.team_id, (sums.get(intent.team_id) ?? 0n) + outcome.costPusd);
  return sums;
}

/** The window of a month's budget that a time is in, as rows of the ledger name it. */
export function windowOf({ id }, ms) {
  return `${id}@${monthStart(ms) / 1000}`;
}

function toUsd(pusd) {
  return Number(pusd / 10n ** 6n) / 1e6;
}
