import { SimpleGrid } from '@mantine/core';
import type { Overview } from '@thriftgate/contracts';
import { StatCard } from '../components/stat-card';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { changeOf, dateIn, formatCount, formatPercent, formatPeriod, formatUsd } from '../format';
import { useText } from '../i18n/use-text';

interface OverviewCardsProps {
  /** Undefined while it is loaded. */
  overview: Overview | undefined;
  isStale: boolean;
}

/** Cost, saving, forecast and errors, against the period before. */
export function OverviewCards({ overview, isStale }: OverviewCardsProps) {
  const text = useText();
  const money = useMoney();
  const { language, timezone } = useDisplay();
  const { total, previous, forecast } = overview ?? {};
  const before = previous?.total;
  const beforeEnd = previous && new Date(Date.parse(previous.to) - 1);
  const comparedWith =
    previous && beforeEnd
      ? formatPeriod(dateIn(timezone, new Date(previous.from)), dateIn(timezone, beforeEnd), timezone, language)
      : undefined;
  const hasBefore = before !== undefined && before.requests > 0;
  const percent = (ratio: number | null, decimals?: number) =>
    ratio === null ? '–' : formatPercent(ratio, language, decimals);
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, lg: 4 }} spacing="md">
      <StatCard
        label={text('overview.cost')}
        value={total && money.headline(total.cost_usd)}
        {...(total && hasBefore && { change: changeOf(total.cost_usd, before.cost_usd), comparedWith })}
        note={total && money.currency === 'KRW' ? formatUsd(total.cost_usd, language) : undefined}
        isStale={isStale}
      />
      <StatCard
        label={text('overview.saved')}
        value={total && money.headline(total.saved_usd)}
        {...(total && hasBefore && { change: changeOf(total.saved_usd, before.saved_usd), comparedWith })}
        note={
          total && text('overview.savedOf', { rate: percent(total.saving_rate), list: money.cell(total.list_cost_usd) })
        }
        isStale={isStale}
      />
      {forecast ? (
        <StatCard
          label={text('overview.forecast')}
          value={money.headline(forecast.cost_usd)}
          note={<ForecastNote forecast={forecast} />}
          isStale={isStale}
        />
      ) : (
        <StatCard
          label={text('overview.requests')}
          value={total && formatCount(total.requests, language)}
          {...(total &&
            hasBefore && { change: changeOf(String(total.requests), String(before.requests)), comparedWith })}
          isStale={isStale}
        />
      )}
      <StatCard
        label={text('overview.errorRate')}
        value={total && percent(total.error_rate, 2)}
        note={
          total &&
          text('overview.errorsOf', {
            errors: formatCount(total.errors, language),
            requests: formatCount(total.requests, language),
          })
        }
        isStale={isStale}
      />
    </SimpleGrid>
  );
}

function ForecastNote({ forecast }: { forecast: NonNullable<Overview['forecast']> }) {
  const text = useText();
  const money = useMoney();
  const { low_usd: low, high_usd: high, budgets_usd: budgets } = forecast;
  return (
    <>
      {low !== null && high !== null && (
        <>
          {text('overview.forecastRange', { low: money.cell(low), high: money.cell(high) })}
          <br />
        </>
      )}
      {budgets === null ? text('overview.noBudgets') : text('overview.budgets', { budgets: money.cell(budgets) })}
    </>
  );
}
