import { Injectable } from '@nestjs/common';
import type { Overview, OverviewQuery } from '@thriftgate/contracts';
import type { Role } from '../common/permissions';
import { ReachedBudgets } from '../budgets/reached-budgets.service';
import { SettingsService } from '../settings/settings.service';
import { type UsageOverview, UsageOverviewService } from '../usage/overview/usage-overview.service';
import { TeamAndKeyNames } from '../usage/reports/team-and-key-names.service';
import { toAdvice, toBudgets, toDays, toForecast, toKeys, toTop, toTotal } from './overview-wire';
import { type ToDo, ToDoService } from './to-do.service';

/** Puts together what the first page of the console shows. */
@Injectable()
export class OverviewService {
  constructor(
    private readonly usage: UsageOverviewService,
    private readonly toDo: ToDoService,
    private readonly budgets: ReachedBudgets,
    private readonly names: TeamAndKeyNames,
    private readonly settings: SettingsService,
  ) {}

  /** @throws GatewayError `invalid_request` for an unknown time zone, and a span that is too long or ends before it begins */
  async show(query: OverviewQuery, role: Role): Promise<Overview> {
    const { from, to, team_id: teamId, timezone = this.settings.current().timezone } = query;
    const [usage, toDo] = await Promise.all([
      this.usage.read({ from, to, timezone, teamId }),
      this.toDo.of(teamId, role),
    ]);
    const names = await this.namesIn(usage, toDo);
    return {
      ...toSpan(usage.span),
      timezone,
      team_id: teamId ?? null,
      total: toTotal(usage.current),
      previous: { ...toSpan(usage.previousSpan), total: toTotal(usage.previous) },
      days: toDays(usage, timezone),
      forecast: usage.forecast ? toForecast(usage.forecast, this.budgets.monthlyPusd(teamId)) : null,
      top: {
        teams: toTop(usage.top.team, names),
        models: toTop(usage.top.model, new Map()),
        keys: toTop(usage.top.key, names),
      },
      to_do: {
        budgets: toBudgets(toDo.budgets, names),
        keys: toKeys(toDo.keys, names),
        alerts: toDo.alerts ?? null,
        advice: toDo.advice ? toAdvice(toDo.advice) : null,
      },
      as_of: usage.asOf.toISOString(),
    };
  }

  private async namesIn({ top }: UsageOverview, { budgets, keys }: ToDo): Promise<ReadonlyMap<string, string>> {
    const teamIds = [
      ...top.team.map(({ id }) => id),
      ...budgets.map(({ budget }) => budget.teamId),
      ...keys.map(({ teamId }) => teamId),
    ];
    const keyIds = [...top.key.map(({ id }) => id), ...budgets.flatMap(({ budget }) => budget.keyId ?? [])];
    const names = await this.names.of(teamIds, keyIds);
    return new Map([...names.teams, ...names.keys]);
  }
}

function toSpan({ from, to }: { from: Date; to: Date }) {
  return { from: from.toISOString(), to: to.toISOString() };
}
