import { Text, UnstyledButton } from '@mantine/core';
import type { UsageRow, UsageSums } from '@thriftgate/contracts';
import { useMemo } from 'react';
import type { DataColumn } from '../components/data-table-columns';
import { useDisplay } from '../display/use-display';
import { changeOf, compareDecimal, formatChange, formatCompact } from '../format';
import { useText } from '../i18n/use-text';
import classes from './usage-table.module.css';
import { MEASURE } from './measure';
import type { GroupName, MeasureName, UsageState } from './usage-search';
import { groupsOf } from './usage-queries';
import { useGroupName } from './use-group-name';
import { useMeasureFormat } from './use-measure-format';

const SHOWN: readonly MeasureName[] = [
  'requests',
  'input',
  'cached',
  'output',
  'list',
  'cost',
  'saved',
  'errors',
  'latency_p50',
  'latency_p95',
];

/** In few characters: the CSV has all digits. */
const TOKENS: readonly MeasureName[] = ['input', 'cached', 'output'];

/** The columns of the table: groups whose values filter, the measures, and the change of the chosen one. */
export function useUsageColumns(
  state: UsageState,
  total: UsageSums | undefined,
  onFilter: (group: GroupName, value: string, isExcluded: boolean) => void,
): DataColumn<UsageRow>[] {
  const text = useText();
  const { language } = useDisplay();
  const nameOf = useGroupName();
  const money = useMeasureFormat('cost');
  const counts = useMeasureFormat('requests');
  const latencies = useMeasureFormat('latency_p50');
  return useMemo(() => {
    const format = { money, count: counts, latency: latencies };
    const show = (measure: MeasureName, sums: Omit<UsageSums, 'previous'>) => {
      const { of, kind } = MEASURE[measure];
      const amount = of(sums);
      if (amount === null) return '–';
      return TOKENS.includes(measure) ? formatCompact(amount, language) : format[kind].format(amount);
    };
    const groups = groupsOf(state).map((group): DataColumn<UsageRow> => ({
      id: group,
      header: text(`usage.group.${group}`),
      sortBy: (row) => nameOf(row, [group]),
      cell: (row) => {
        const value = row[group] ?? null;
        const name = nameOf(row, [group]);
        if (value === null || row.others !== undefined) return <Text size="sm">{name}</Text>;
        return (
          <UnstyledButton
            className={classes.value}
            title={text('usage.filterBy', { name })}
            onClick={(event) => {
              event.stopPropagation();
              onFilter(group, value, event.altKey);
            }}
          >
            {name}
          </UnstyledButton>
        );
      },
    }));
    const measures = SHOWN.map((measure): DataColumn<UsageRow> => ({
      id: measure,
      header: text(`usage.measure.${measure}`),
      isNumber: true,
      sortBy: (row) => MEASURE[measure].of(row) ?? '-1',
      compare: compareDecimal,
      cell: (row) => show(measure, row),
      total: total && show(measure, total),
    }));
    const changeText = (sums: UsageSums) => {
      const { of } = MEASURE[state.measure];
      const [now, before] = [of(sums), sums.previous ? of(sums.previous) : null];
      if (now === null || before === null) return '–';
      if (compareDecimal(before, '0') === 0) return compareDecimal(now, '0') === 0 ? '–' : text('usage.new');
      return formatChange(changeOf(now, before), language);
    };
    const change: DataColumn<UsageRow> = {
      id: 'change',
      header: text('usage.change', { measure: text(`usage.measure.${state.measure}`) }),
      isNumber: true,
      cell: changeText,
      total: total && changeText(total),
    };
    return [...groups, ...measures, ...(state.isCompared ? [change] : [])];
  }, [state, total, text, language, nameOf, money, counts, latencies, onFilter]);
}
