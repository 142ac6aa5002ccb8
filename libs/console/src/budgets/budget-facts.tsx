import { Group, Table, Text } from '@mantine/core';
import type { Budget, BudgetWindows } from '@thriftgate/contracts';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { formatDateTimeFull, formatPercent, formatPeriod, dateIn, ratio, zoneName } from '../format';
import { useText } from '../i18n/use-text';

interface BudgetFactsProps {
  budget: Budget;
  /** Undefined while they are loaded. */
  windows: BudgetWindows | undefined;
}

/** The figures and rules of a budget, and what its last windows cost. */
export function BudgetFacts({ budget, windows }: BudgetFactsProps) {
  const text = useText();
  const money = useMoney();
  const { language } = useDisplay();
  const { timezone, forecast_low_usd: low, forecast_high_usd: high, resets_at: resetsAt } = budget;
  const used = ratio(budget.spent_usd, budget.limit_usd) ?? 1;
  const rows: [string, React.ReactNode][] = [
    [text('budgets.spent'), money.full(budget.spent_usd)],
    [text('budgets.reserved'), money.full(budget.reserved_usd)],
    [text('budgets.left'), money.full(budget.remaining_usd)],
    [text('budgets.limit'), money.full(budget.limit_usd)],
  ];
  if (low !== null && high !== null)
    rows.push([text('budgets.range'), text('budgets.rangeOf', { low: money.cell(low), high: money.cell(high) })]);
  rows.push(
    [
      text('budgets.resets'),
      resetsAt === null ? text('budgets.never') : formatDateTimeFull(new Date(resetsAt), timezone, language),
    ],
    [text('budgets.zone'), `${timezone} (${zoneName(timezone, language, new Date())})`],
    [text('budgets.action'), <Action key="action" budget={budget} />],
    [text('budgets.thresholds'), <Thresholds key="thresholds" shares={budget.thresholds} used={used} />],
  );
  for (const past of windows?.past ?? []) {
    const last = new Date(Date.parse(past.window_end) - 1);
    const from = dateIn(timezone, new Date(past.window_start));
    rows.push([formatPeriod(from, dateIn(timezone, last), timezone, language), money.full(past.spent_usd)]);
  }
  return (
    <Table variant="vertical" verticalSpacing={4} aria-label={text('budgets.facts')}>
      <Table.Tbody>
        {rows.map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th w={160} fw={400} scope="row">
              {name}
            </Table.Th>
            <Table.Td className="numbers">{value}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  );
}

/** What happens at the limit, in words. */
function Action({ budget: { action, downgrade_to: model } }: { budget: Budget }) {
  const text = useText();
  return text(`budgets.does.${action}`, { model: model ?? '' });
}

/** The shares at which an alert is raised; those that are reached have a mark and a word. */
function Thresholds({ shares, used }: { shares: readonly number[]; used: number }) {
  const text = useText();
  const { language } = useDisplay();
  if (shares.length === 0) return <Text size="sm">{text('budgets.noThresholds')}</Text>;
  return (
    <Group gap="sm">
      {shares.map((share) => (
        <Text key={share} size="sm" fw={used >= share ? 600 : 400}>
          {formatPercent(share, language)}
          {used >= share && ` ✓ ${text('budgets.thresholdReached')}`}
        </Text>
      ))}
    </Group>
  );
}
