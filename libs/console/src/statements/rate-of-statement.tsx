import { Text } from '@mantine/core';
import { useDisplay } from '../display/use-display';
import { formatDay, formatRate } from '../format';
import { useText } from '../i18n/use-text';

/** The rate of the won below the dollars; statements have both, whatever currency pages are shown in. */
export function RateOfStatement() {
  const text = useText();
  const { exchangeRate, language } = useDisplay();
  if (!exchangeRate) return null;
  return (
    <Text size="xs" c="dimmed" mb="sm">
      {text('components.rate', {
        rate: formatRate(exchangeRate.krw_per_usd, language),
        day: formatDay(exchangeRate.date, language),
      })}
    </Text>
  );
}
