import { Text } from '@mantine/core';
import type { Budget } from '@thriftgate/contracts';
import { useMemo } from 'react';
import type { DataColumn } from '../components/data-table-columns';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { compareDecimal, formatDateTimeFull, ratio, relativeTime } from '../format';
import { useText } from '../i18n/use-text';
import { BudgetOwner, ownerName, type OwnerNames } from './budget-owner';
import { UsedBar } from './used-bar';

/** The columns of the list of budgets. */
export function useBudgetColumns(names: OwnerNames): DataColumn<Budget>[] {
  const text = useText();
  const money = useMoney();
  const { language } = useDisplay();
  return useMemo(
    (): DataColumn<Budget>[] => [
      {
        id: 'owner',
        header: text('budgets.owner'),
        sortBy: (budget) => ownerName(budget, names),
        cell: (budget) => <BudgetOwner budget={budget} names={names} />,
      },
      {
        id: 'used',
        header: text('budgets.used'),
        sortBy: ({ spent_usd: spent, limit_usd: limit }) => ratio(spent, limit) ?? 1,
        cell: (budget) => <UsedBar budget={budget} />,
      },
      {
        id: 'spent',
        header: text('budgets.spent'),
        isNumber: true,
        sortBy: ({ spent_usd: spent }) => spent,
        compare: compareDecimal,
        cell: ({ spent_usd: spent }) => money.cell(spent),
      },
      {
        id: 'limit',
        header: text('budgets.limit'),
        isNumber: true,
        sortBy: ({ limit_usd: limit }) => limit,
        compare: compareDecimal,
        cell: ({ limit_usd: limit }) => money.cell(limit),
      },
      {
        id: 'left',
        header: text('budgets.left'),
        isNumber: true,
        sortBy: ({ remaining_usd: left }) => left,
        compare: compareDecimal,
        cell: ({ remaining_usd: left }) => money.cell(left),
      },
      {
        id: 'forecast',
        header: text('budgets.forecast'),
        isNumber: true,
        sortBy: ({ forecast_usd: forecast }) => forecast ?? '-1',
        compare: compareDecimal,
        cell: (budget) => <Forecast budget={budget} />,
      },
      {
        id: 'resets',
        header: text('budgets.resets'),
        sortBy: ({ resets_at: at }) => at ?? '9',
        cell: ({ resets_at: at, timezone }) => {
          if (at === null) return text('budgets.never');
          const { text: when } = relativeTime(new Date(at), new Date(), timezone, language);
          return (
            <Text size="sm" title={formatDateTimeFull(new Date(at), timezone, language)}>
              {when}
            </Text>
          );
        },
      },
      {
        id: 'action',
        header: text('budgets.action'),
        cell: ({ action }) => <span className="unbroken">{text(`budgets.action.${action}`)}</span>,
      },
    ],
    [text, money, language, names],
  );
}

/** The forecast; in words where it is over the limit. */
function Forecast({ budget: { forecast_usd: forecast, limit_usd: limit } }: { budget: Budget }) {
  const text = useText();
  const money = useMoney();
  if (forecast === null) return '–';
  const isOver = compareDecimal(forecast, limit) > 0;
  return (
    <>
      {money.cell(forecast)}
      {isOver && (
        <Text size="xs" c="var(--bad)">
          {text('budgets.overLimit')}
        </Text>
      )}
    </>
  );
}
