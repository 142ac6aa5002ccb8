import { savedBy, type SavingsReport, type UsageReport, type UsageRow } from '@thriftgate/contracts';
import type { SavingsQuery } from '../../resources/savings';
import type { UsageQuery } from '../../resources/usage';
import { politely } from '../gateway/politely';
import type { Session } from '../gateway/session';
import { EXIT, UsageError } from '../terminal/exit-codes';
import { type Column, pairs, table } from '../terminal/table';

/** The options of `usage` and `savings`. */
export interface ReportOptions {
  from?: string;
  to?: string;
  timezone?: string;
  groupBy: readonly string[];
  limit?: number;
}

/** Groups whose name stands in another member than their id. */
const NAMES: Readonly<Record<string, keyof UsageRow>> = { key: 'key_name', team: 'team_name' };

/** `usage`. */
export async function usage(options: ReportOptions, session: Session): Promise<number> {
  const { terminal } = session;
  const report = await teamUsage(options, options.groupBy, session);
  terminal.print(usageText(report, options.groupBy, session));
  terminal.document(report);
  return EXIT.done;
}

/** `savings`: with an administrator's key of all teams and by source, else of the key's own team. */
export async function savings(options: ReportOptions, session: Session): Promise<number> {
  const { client, terminal, messages, signal, noteRetry } = session;
  const { role } = await politely(() => client.key.retrieve({ signal }), signal, undefined, noteRetry);
  if (role === 'member') {
    if (options.groupBy.includes('team')) throw new UsageError(messages.trouble.needsAdmin);
    const report = await teamUsage(options, options.groupBy, session);
    terminal.print(usageText(report, options.groupBy, session));
    terminal.document(report);
    return EXIT.done;
  }
  const query = { from: options.from, to: options.to, group_by: options.groupBy as SavingsQuery['group_by'] };
  const report = await politely(() => client.admin.savings.report(query, { signal }), signal, undefined, noteRetry);
  terminal.print(savingsText(report, options.groupBy, session));
  terminal.document(report);
  return EXIT.done;
}

function teamUsage(options: ReportOptions, groups: readonly string[], session: Session): Promise<UsageReport> {
  const { client, signal, noteRetry } = session;
  const { from, to, timezone, limit } = options;
  // The gateway names a group that it does not know.
  const query: UsageQuery = { from, to, timezone, limit, group_by: groups as UsageQuery['group_by'] };
  return politely(() => client.usage.get(query, { signal }), signal, undefined, noteRetry);
}

function usageText(report: UsageReport, groups: readonly string[], session: Session): string {
  const { amounts, messages, terminal } = session;
  const { labels } = messages;
  if (report.total.requests === 0 && report.total.refused === 0) return labels.noUsage;
  const sums = (row: UsageReport['total']) => [
    amounts.count(row.requests),
    amounts.count(row.refused),
    amounts.count(row.errors),
    amounts.count(row.input_tokens),
    amounts.count(row.output_tokens),
    amounts.usd(row.list_cost_usd),
    amounts.usd(row.cost_usd),
    amounts.saving(row.saved_usd, row.list_cost_usd),
  ];
  const names = (row: UsageRow) =>
    row.others === undefined
      ? groups.map((group) => String(row[NAMES[group] ?? (group as keyof UsageRow)] ?? labels.none))
      : [labels.others(amounts.count(row.others)), ...groups.slice(1).map(() => '')];
  const titles = groups.map((group) => ({ title: messages.groups[group] ?? group }));
  const figures = [
    'requests',
    'refused',
    'errors',
    'inputTokens',
    'outputTokens',
    'listCost',
    'cost',
    'saved',
  ] as const;
  const columns: Column[] = [
    ...(titles.length > 0 ? titles : [{ title: '' }]),
    ...figures.map((figure): Column => ({ title: labels[figure], side: 'right' })),
  ];
  const rows = titles.length > 0 ? report.data.map((row) => [...names(row), ...sums(row)]) : [];
  const total = [labels.total, ...titles.slice(1).map(() => ''), ...sums(report.total)];
  const period = labels.period(
    amounts.time(report.from, report.timezone),
    amounts.time(report.to, report.timezone),
    report.timezone,
  );
  return `${terminal.bold(period)}\n${table(columns, [...rows, total])}`;
}

function savingsText(report: SavingsReport, groups: readonly string[], session: Session): string {
  const { amounts, messages, terminal } = session;
  const { labels, sources } = messages;
  const { total } = report;
  const summary = pairs([
    [labels.requests, amounts.count(total.requests)],
    [labels.listCost, amounts.usd(total.list_cost_usd)],
    [labels.cost, amounts.usd(total.cost_usd)],
    [labels.saved, amounts.saving(total.saved_usd, total.list_cost_usd)],
  ]);
  const by = pairs(savedBy.map((source) => [sources[source], amounts.usd(total.saved_by[source])]));
  const columns: Column[] = [
    ...groups.map((group) => ({ title: messages.groups[group] ?? group })),
    { title: labels.requests, side: 'right' },
    { title: labels.cost, side: 'right' },
    { title: labels.saved, side: 'right' },
  ];
  const rows = report.data.map((row) => [
    ...groups.map((group) => String(row[group as 'team' | 'model' | 'day'] ?? labels.none)),
    amounts.count(row.requests),
    amounts.usd(row.cost_usd),
    amounts.saving(row.saved_usd, row.list_cost_usd),
  ]);
  const parts = [summary, `${terminal.bold(labels.by)}\n${by}`];
  if (groups.length > 0) parts.push(table(columns, rows));
  if (report.opportunities.length > 0) parts.push(opportunitiesText(report, session));
  return parts.join('\n\n');
}

function opportunitiesText({ opportunities }: SavingsReport, session: Session): string {
  const { amounts, messages, terminal } = session;
  const { labels } = messages;
  const columns: Column[] = [
    { title: labels.couldSave, side: 'right' },
    { title: labels.requests, side: 'right' },
    { title: labels.model },
    { title: labels.setting },
  ];
  const rows = opportunities.map(({ could_save_usd: saving, calls, model, setting }) => [
    amounts.usd(saving),
    amounts.count(calls),
    model ?? labels.none,
    setting,
  ]);
  return `${terminal.bold(labels.opportunities)}\n${table(columns, rows)}`;
}
