import type { UsageGroup } from '@thriftgate/contracts';
import { isCalendarUnit, periodNames } from './periods/period-names';
import type { NameGroup, Report, ReportRow } from './reports.repository';
import { NO_SUMS, plus, type Sums } from './sums';

/** A group of a report. */
export interface ReportGroup {
  groups: Partial<Record<UsageGroup, string | null>>;
  sums: Sums;
  /** Those of the period before; undefined where none is compared. */
  previous?: Sums | undefined;
  /** How many groups it sums, where it stands for those beyond the limit. */
  others?: number;
}

/** What the periods of the report before are called: those into which they are shifted. */
export interface PreviousReport extends Report {
  shift: (startMs: number) => number;
}

/** The groups of a report in the order of their names, without a name last. A group of the period before alone has no calls. */
export function tableOf(
  report: Report,
  groups: readonly UsageGroup[],
  timezone: string,
  previous?: PreviousReport,
): ReportGroup[] {
  const table = new Map<string, ReportGroup>();
  const nameOf = periodNames(timezone);
  const groupOf = ({ names, startMs = 0 }: ReportRow): ReportGroup => {
    const values = groups.map((group) =>
      isCalendarUnit(group) ? nameOf(group, startMs) : (names[group as NameGroup] ?? null),
    );
    const key = JSON.stringify(values);
    const known = table.get(key);
    if (known) return known;
    const made: ReportGroup = {
      groups: Object.fromEntries(groups.map((group, index) => [group, values[index] ?? null])),
      sums: NO_SUMS,
    };
    if (previous) made.previous = NO_SUMS;
    table.set(key, made);
    return made;
  };
  for (const row of report.rows) {
    const group = groupOf(row);
    group.sums = group.sums === NO_SUMS ? row.sums : plus(group.sums, row.sums);
  }
  for (const row of previous?.rows ?? []) {
    const { startMs } = row;
    const group = groupOf(startMs === undefined ? row : { ...row, startMs: previous?.shift(startMs) });
    group.previous = plus(group.previous ?? NO_SUMS, row.sums);
  }
  return [...table.values()].toSorted((left, right) => byName(left, right, groups));
}

/** The groups of the highest cost, and one of all others. */
export function limited(table: readonly ReportGroup[], limit: number): ReportGroup[] {
  if (table.length <= limit) return [...table];
  const sorted = table.toSorted((left, right) => byCost(left.sums, right.sums));
  const others = sorted.slice(limit);
  const [{ groups = {}, previous } = {}] = others;
  return [
    ...sorted.slice(0, limit),
    {
      groups: Object.fromEntries(Object.keys(groups).map((group) => [group, null])),
      sums: others.reduce((sum, group) => plus(sum, group.sums), NO_SUMS),
      ...(previous && { previous: others.reduce((sum, group) => plus(sum, group.previous ?? NO_SUMS), NO_SUMS) }),
      others: others.length,
    },
  ];
}

function byCost(left: Sums, right: Sums): number {
  if (left.costPusd !== right.costPusd) return left.costPusd < right.costPusd ? 1 : -1;
  return right.requests - left.requests;
}

function byName(left: ReportGroup, right: ReportGroup, groups: readonly UsageGroup[]): number {
  for (const group of groups) {
    const [a, b] = [left.groups[group] ?? null, right.groups[group] ?? null];
    if (a === b) continue;
    if (a === null || b === null) return a === null ? 1 : -1;
    return a < b ? -1 : 1;
  }
  return 0;
}
