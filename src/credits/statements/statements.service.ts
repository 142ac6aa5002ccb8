import { Injectable } from '@nestjs/common';
import type { OrganisationStatement, Statement } from '@thriftgate/contracts';
import { DateTime } from 'luxon';
import { formatUsd, type PicoUsd } from '../../common/money';
import { requireTimezone } from '../../common/timezones';
import { TeamsService } from '../../teams/teams.service';
import { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import { StatementsRepository, type TeamMonth } from './statements.repository';

/** Monthly statements of teams from the ledger: opening balance, credits, usage and closing balance. */
@Injectable()
export class StatementsService {
  constructor(
    private readonly repository: StatementsRepository,
    private readonly teams: TeamsService,
    private readonly drain: LedgerDrain,
  ) {}

  /**
   * @param month `2026-11`, from midnight to midnight of the time zone
   * @throws GatewayError `not_found` for an unknown team, `invalid_request` for an unknown time zone
   */
  async of(teamId: string, month: string, timezone: string): Promise<Statement> {
    const { name } = await this.teams.show(teamId);
    const start = monthIn(month, timezone);
    await this.drain.flush();
    const { openingPusd, movements, usage } = await this.repository.parts(
      teamId,
      start.toJSDate(),
      start.plus({ months: 1 }).toJSDate(),
    );
    const lines = movements.map((row) => ({
      row,
      pusd: row.kind === 'expiry' ? -row.amount_pusd : row.amount_pusd,
    }));
    const moved = lines.reduce((total, { pusd }) => total + pusd, 0n);
    const total = totalOf(usage);
    const closingPusd = openingPusd + moved - total.costPusd;
    return {
      team_id: teamId,
      team_name: name,
      month,
      timezone,
      opening_balance_usd: formatUsd(openingPusd),
      movements: lines.map(({ row, pusd }) => ({
        id: row.id,
        at: row.created_at.toISOString(),
        kind: row.kind,
        note: row.note,
        amount_usd: formatUsd(pusd),
      })),
      usage: usage.map((line) => ({ model: line.model, ...toWire(line) })),
      usage_total: toWire(total),
      closing_balance_usd: formatUsd(closingPusd),
      amount_owed_usd: formatUsd(owed(closingPusd)),
    };
  }

  /** A month of all teams that have a balance, credits or calls. @throws GatewayError `invalid_request` for an unknown time zone */
  async ofAll(month: string, timezone: string): Promise<OrganisationStatement> {
    const start = monthIn(month, timezone);
    await this.drain.flush();
    const months = await this.repository.months(start.toJSDate(), start.plus({ months: 1 }).toJSDate());
    const names = await this.teams.names(months.map(({ teamId }) => teamId));
    const teams = months.map((each) => ({
      team_id: each.teamId,
      team_name: names.get(each.teamId) ?? each.teamId,
      ...monthToWire(each),
    }));
    const sum = (pick: (each: TeamMonth) => PicoUsd) => months.reduce((total, each) => total + pick(each), 0n);
    const total = {
      openingPusd: sum(({ openingPusd }) => openingPusd),
      creditsPusd: sum(({ creditsPusd }) => creditsPusd),
      usage: totalOf(months.map(({ usage }) => usage)),
    };
    return {
      month,
      timezone,
      teams,
      total: { ...monthToWire(total), amount_owed_usd: formatUsd(sum((each) => owed(closingOf(each)))) },
    };
  }
}

function monthIn(month: string, timezone: string): DateTime {
  requireTimezone(timezone);
  return DateTime.fromISO(month, { zone: timezone });
}

type Sums = TeamMonth['usage'];

const closingOf = ({ openingPusd, creditsPusd, usage }: Omit<TeamMonth, 'teamId'>): PicoUsd =>
  openingPusd + creditsPusd - usage.costPusd;

const owed = (balancePusd: PicoUsd): PicoUsd => (balancePusd < 0n ? -balancePusd : 0n);

function monthToWire(each: Omit<TeamMonth, 'teamId'>) {
  const closingPusd = closingOf(each);
  return {
    opening_balance_usd: formatUsd(each.openingPusd),
    credits_usd: formatUsd(each.creditsPusd),
    usage: toWire(each.usage),
    closing_balance_usd: formatUsd(closingPusd),
    amount_owed_usd: formatUsd(owed(closingPusd)),
  };
}

function totalOf(lines: readonly Sums[]): Sums {
  const pusd = (pick: (line: Sums) => PicoUsd) => lines.reduce((sum, line) => sum + pick(line), 0n);
  const count = (pick: (line: Sums) => number) => lines.reduce((sum, line) => sum + pick(line), 0);
  return {
    requests: count((line) => line.requests),
    inputTokens: count((line) => line.inputTokens),
    outputTokens: count((line) => line.outputTokens),
    listCostPusd: pusd((line) => line.listCostPusd),
    savedPusd: pusd((line) => line.savedPusd),
    costPusd: pusd((line) => line.costPusd),
  };
}

function toWire(line: Sums) {
  return {
    requests: line.requests,
    input_tokens: line.inputTokens,
    output_tokens: line.outputTokens,
    list_cost_usd: formatUsd(line.listCostPusd),
    saved_usd: formatUsd(line.savedPusd),
    cost_usd: formatUsd(line.costPusd),
  };
}
