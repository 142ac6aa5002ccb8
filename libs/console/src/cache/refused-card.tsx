import { Card, Text } from '@mantine/core';
import type { CacheStats } from '@thriftgate/contracts';
import { Ranking } from '../charts';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';
import { REFUSED_TEXTS } from './cache-texts';

/** How many responses were not stored, by reason, the most frequent first. */
export function RefusedCard({ refused }: Pick<CacheStats, 'refused'>) {
  const text = useText();
  const { count } = useNumbers();
  const rows = Object.entries(refused)
    .filter(([, responses]) => responses > 0)
    .toSorted(([, left], [, right]) => right - left)
    .map(([reason, value]) => {
      const id = REFUSED_TEXTS[reason];
      return { id: reason, name: id ? text(id) : reason, value };
    });
  return (
    <Card withBorder padding="md">
      {rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {text('cache.nothingRefused')}
        </Text>
      ) : (
        <Ranking
          title={text('cache.refused')}
          rows={rows}
          headers={{ name: text('cache.reason'), value: text('cache.responses') }}
          format={count}
        />
      )}
    </Card>
  );
}
