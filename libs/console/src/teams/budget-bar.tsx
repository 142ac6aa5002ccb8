import { Progress, Stack, Text } from '@mantine/core';
import type { Budget } from '@thriftgate/contracts';
import { useMoney } from '../display/use-money';
import { compareDecimal, formatPercent, ratio } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';

/** How full a budget is: a bar, the amounts, and the share in words. */
export function BudgetBar({ budget }: { budget: Budget }) {
  const text = useText();
  const { cell: amount } = useMoney();
  const { language } = useLanguage();
  const { spent_usd: spent, limit_usd: limit, window } = budget;
  const share = ratio(spent, limit) ?? 1;
  const first = Math.min(...budget.thresholds, 1);
  const colour = compareDecimal(spent, limit) >= 0 ? 'red' : share >= first ? 'yellow.7' : 'accent';
  return (
    <Stack gap={2} miw={160}>
      <Text size="xs" className="numbers">
        {`${amount(spent)} / ${amount(limit)} · ${text(`teams.window.${window}`)} · ${formatPercent(share, language)}`}
      </Text>
      <Progress
        size="sm"
        value={Math.min(100, share * 100)}
        color={colour}
        aria-label={text('teams.spentOf', { share: formatPercent(share, language) })}
      />
    </Stack>
  );
}
