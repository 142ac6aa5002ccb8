import { type Overview, type OverviewSums, savedBy, type SavedBy } from '@thriftgate/contracts';
import { DateTime } from 'luxon';
import { formatUsd, type PicoUsd } from '../common/money';
import type { ReachedBudget } from '../budgets/reached-budgets.service';
import type { ApiKey } from '../keys/api-key';
import type { CallSums, SavedSums } from '../usage/overview/overview-sums.repository';
import type { MonthForecast, UsageOverview } from '../usage/overview/usage-overview.service';
import { failedCalls } from '../usage/reports/sums';
import type { Advice } from './savings-advice.service';

type Names = ReadonlyMap<string, string>;
const PARTS = 1_000_000n;

/** The sums of all sources of savings together. */
export function toTotal(rows: readonly SavedSums[]): OverviewSums {
  const total = rows.reduce<CallSums>(plus, NOTHING);
  const by = Object.fromEntries(savedBy.map((name) => [name, 0n])) as Record<SavedBy, PicoUsd>;
  for (const { savedBy: source, savedPusd } of rows) if (source !== '') by[source] += savedPusd;
  const errors = failedCalls(total);
  return {
    requests: total.requests,
    errors,
    error_rate: total.requests === 0 ? null : errors / total.requests,
    ...toMoney(total),
    saving_rate: total.listCostPusd <= 0n ? null : shareOf(total.savedPusd, total.listCostPusd),
    saved_by: Object.fromEntries(savedBy.map((name) => [name, formatUsd(by[name])])) as Record<SavedBy, string>,
  };
}

/** Each day of the span, also those without calls. */
export function toDays({ days, dayStarts }: UsageOverview, timezone: string): Overview['days'] {
  return dayStarts.map((startMs) => {
    const sums = days.get(startMs) ?? NOTHING;
    const day = DateTime.fromMillis(startMs, { zone: timezone }).toISODate() ?? '';
    return { day, requests: sums.requests, errors: failedCalls(sums), ...toMoney(sums) };
  });
}

/** Those with the highest cost. @param names by id; none for models, whose id is their name */
export function toTop(rows: readonly (CallSums & { id: string })[], names: Names): Overview['top']['teams'] {
  return rows.map(({ id, ...sums }) => ({
    id,
    name: names.get(id) ?? null,
    requests: sums.requests,
    ...toMoney(sums),
  }));
}

/** @param budgetsPusd the sum of the monthly budgets of teams */
export function toForecast(
  { month, spentPusd, pusd, band, basis }: MonthForecast,
  budgetsPusd: PicoUsd | undefined,
): Overview['forecast'] {
  return {
    month,
    spent_usd: formatUsd(spentPusd),
    cost_usd: formatUsd(pusd),
    low_usd: band ? formatUsd(band.lowPusd) : null,
    high_usd: band ? formatUsd(band.highPusd) : null,
    basis,
    budgets_usd: budgetsPusd === undefined ? null : formatUsd(budgetsPusd),
  };
}

/** Budgets that are nearly spent, with the names of their owners. */
export function toBudgets(reached: readonly ReachedBudget[], names: Names): Overview['to_do']['budgets'] {
  return reached.map(({ budget, share, spentPusd, window }) => ({
    id: budget.id,
    team_id: budget.teamId,
    team_name: names.get(budget.teamId) ?? null,
    key_id: budget.keyId,
    key_name: budget.keyId === null ? null : (names.get(budget.keyId) ?? null),
    share,
    spent_usd: formatUsd(spentPusd),
    limit_usd: formatUsd(budget.limitPusd),
    window: budget.window,
    resets_at: Number.isFinite(window.endMs) ? new Date(window.endMs).toISOString() : null,
  }));
}

/** Keys that end soon. */
export function toKeys(keys: readonly ApiKey[], names: Names): Overview['to_do']['keys'] {
  return keys.flatMap(({ id, name, teamId, expiresAt }) =>
    expiresAt
      ? [{ id, name, team_id: teamId, team_name: names.get(teamId) ?? null, expires_at: expiresAt.toISOString() }]
      : [],
  );
}

/** What could be saved in a month. */
export function toAdvice({ pusdPerMonth, opportunities, asOf }: Advice): Overview['to_do']['advice'] {
  return { usd_per_month: formatUsd(pusdPerMonth), opportunities, as_of: asOf.toISOString() };
}

const NOTHING: CallSums = {
  requests: 0,
  attempts: 0,
  failedAttempts: 0,
  listCostPusd: 0n,
  costPusd: 0n,
  savedPusd: 0n,
};

function plus(left: CallSums, right: CallSums): CallSums {
  return {
    requests: left.requests + right.requests,
    attempts: left.attempts + right.attempts,
    failedAttempts: left.failedAttempts + right.failedAttempts,
    listCostPusd: left.listCostPusd + right.listCostPusd,
    costPusd: left.costPusd + right.costPusd,
    savedPusd: left.savedPusd + right.savedPusd,
  };
}

function toMoney({ listCostPusd, costPusd, savedPusd }: CallSums) {
  return {
    list_cost_usd: formatUsd(listCostPusd),
    cost_usd: formatUsd(costPusd),
    saved_usd: formatUsd(savedPusd),
  };
}

/** A part of a whole, to six decimals. */
function shareOf(part: PicoUsd, whole: PicoUsd): number {
  return Number((part * PARTS) / whole) / Number(PARTS);
}
