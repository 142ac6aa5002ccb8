import { Text } from '@mantine/core';
import { useDisplay } from '../display/use-display';
import { formatDay, formatRate } from '../format';
import { useText } from '../i18n/use-text';

/** Says of which day the rate is by which won is shown; nothing where amounts are dollars. */
export function RateNote() {
  const text = useText();
  const { currency, exchangeRate, language } = useDisplay();
  if (currency !== 'KRW' || !exchangeRate) return null;
  return (
    <Text size="xs" c="dimmed" mb="sm">
      {text('components.rate', {
        rate: formatRate(exchangeRate.krw_per_usd, language),
        day: formatDay(exchangeRate.date, language),
      })}
    </Text>
  );
}
