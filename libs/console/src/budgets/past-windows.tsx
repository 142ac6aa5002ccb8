import { Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ErrorCard } from '../components/error-card';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { bucketLabel, compareDecimal, ratio } from '../format';
import { useText } from '../i18n/use-text';
import classes from './past-windows.module.css';
import { PAST_WINDOWS, pastQuery, type PastQuestion } from './budgets-queries';

interface PastWindowsProps extends PastQuestion {
  /** The new limit in decimal dollars; undefined while it is none. */
  limit: string | undefined;
}

/** The last windows and the running one against the new limit, before it is saved. */
export function PastWindows({ limit, ...question }: PastWindowsProps) {
  const text = useText();
  const money = useMoney();
  const { language } = useDisplay();
  const { data, error, refetch, isPlaceholderData } = useQuery(pastQuery(question));
  if (error && !data) return <ErrorCard error={error} onRetry={() => void refetch()} />;
  if (!data) return null;
  const past = data.slice(0, -1);
  const exceeds = (usd: string) => limit !== undefined && compareDecimal(usd, limit) > 0;
  const over = past.filter(({ spentUsd }) => exceeds(spentUsd)).length;
  const greatest = [limit ?? '0', ...data.map(({ spentUsd }) => spentUsd)].reduce((a, b) =>
    compareDecimal(a, b) >= 0 ? a : b,
  );
  const percent = (usd: string) => `${(ratio(usd, greatest) ?? 0) * 100}%`;
  return (
    <Stack gap={4} className={isPlaceholderData ? 'stale' : undefined}>
      <Text size="sm" fw={600} role="status">
        {limit === undefined
          ? text('budgets.pastTitle')
          : text(over === 0 ? 'budgets.pastNone' : 'budgets.pastOver', {
              over,
              count: Math.min(PAST_WINDOWS, past.length),
              window: text(`budgets.windows.${question.window}`),
            })}
      </Text>
      <table className={classes.table} aria-label={text('budgets.pastTitle')}>
        <tbody>
          {data.map(({ name, spentUsd }, index) => (
            <tr key={name}>
              <th scope="row">
                {bucketLabel(name, question.timezone, language)}
                {index === data.length - 1 && ` · ${text('budgets.running')}`}
              </th>
              <td className={classes.bar} aria-hidden>
                <svg width="100%" height="14">
                  <rect
                    y="3"
                    width={percent(spentUsd)}
                    height="8"
                    className={exceeds(spentUsd) ? classes.over : classes.spent}
                  />
                  {limit !== undefined && (
                    <line x1={percent(limit)} x2={percent(limit)} y2="14" className={classes.limit} />
                  )}
                </svg>
              </td>
              <td className={classes.number}>
                {money.cell(spentUsd)}
                {exceeds(spentUsd) && ` · ${text('budgets.exceeded')}`}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Stack>
  );
}
