import { Text } from '@mantine/core';
import { useDisplay } from '../display/use-display';
import { formatKrw, formatUsd } from '../format';

/** Dollars, as the ledger has them, with won below them where there is a rate. */
export function Amount({ usd }: { usd: string }) {
  const { language, exchangeRate } = useDisplay();
  return (
    <>
      {formatUsd(usd, language)}
      {exchangeRate && (
        <Text size="xs" c="dimmed" className="numbers">
          {formatKrw(usd, exchangeRate.krw_per_usd, language)}
        </Text>
      )}
    </>
  );
}
