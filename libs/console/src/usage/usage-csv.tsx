import type { UsageRow } from '@thriftgate/contracts';
import { useTeamNames } from '../display/use-teams';
import { CsvButton } from '../components/csv-button';
import { useDisplay } from '../display/use-display';
import { type CsvColumn, csvFileName, toKrw } from '../format';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { MEASURE } from './measure';
import { groupsOf, type UsageSpan } from './usage-queries';
import { MEASURES, type UsageState } from './usage-search';
import { useGroupName } from './use-group-name';

interface UsageCsvProps {
  state: UsageState;
  span: UsageSpan;
  rows: readonly UsageRow[];
}

/** The table as CSV: plain decimals in dollars, and in won with its rate where there is one. */
export function UsageCsv({ state, span, rows }: UsageCsvProps) {
  const text = useText();
  const nameOf = useGroupName();
  const me = useMe();
  const { exchangeRate } = useDisplay();
  const teamOf = useTeamNames(span.teamId !== undefined);
  const team = span.teamId === undefined ? (me.team?.name ?? null) : teamOf(span.teamId);
  const columns: CsvColumn<UsageRow>[] = [
    ...groupsOf(state).map((group): CsvColumn<UsageRow> => ({
      header: text(`usage.group.${group}`),
      kind: 'text',
      value: (row) => nameOf(row, [group]),
    })),
    ...MEASURES.map((measure): CsvColumn<UsageRow> => ({
      header: `${text(`usage.measure.${measure}`)}${MEASURE[measure].kind === 'money' ? ' (USD)' : ''}`,
      kind: 'decimal',
      value: MEASURE[measure].of,
    })),
    ...(exchangeRate ? wonColumns(exchangeRate.krw_per_usd) : []),
  ];
  return (
    <CsvButton
      columns={columns}
      rows={rows}
      fileName={csvFileName({ subject: 'usage', team, from: span.from, to: span.to, zone: span.timezone })}
      zone={span.timezone}
    />
  );

  function wonColumns(rate: string): CsvColumn<UsageRow>[] {
    return [
      {
        header: `${text('usage.measure.cost')} (KRW)`,
        kind: 'decimal',
        value: ({ cost_usd: cost }) => toKrw(cost, rate),
      },
      { header: text('usage.rate'), kind: 'decimal', value: () => rate },
    ];
  }
}
