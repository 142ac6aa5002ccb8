import { SimpleGrid } from '@mantine/core';
import type { CacheStats } from '@thriftgate/contracts';
import { StatCard } from '../components/stat-card';
import { useMoney } from '../display/use-money';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';

/** Hit rate, saving, stored responses and evictions of the period. */
export function CacheCards({ stats, isStale }: { stats: CacheStats; isStale: boolean }) {
  const text = useText();
  const { headline } = useMoney();
  const { count, percent, bytes } = useNumbers();
  const { hits, misses, coalesced } = stats;
  return (
    <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
      <StatCard
        label={text('cache.hitRate')}
        value={percent(stats.hit_rate)}
        isStale={isStale}
        note={text('cache.hitsNote', { hits: count(hits), calls: count(hits + misses) })}
      />
      <StatCard
        label={text('cache.saved')}
        value={headline(stats.saved_usd)}
        isStale={isStale}
        note={text('cache.coalescedNote', { count: count(coalesced) })}
      />
      <StatCard
        label={text('cache.keys')}
        value={count(stats.total_keys)}
        isStale={isStale}
        note={text('cache.sizeNote', { size: bytes(stats.bytes) })}
      />
      <StatCard
        label={text('cache.evictions')}
        value={count(stats.evictions)}
        isStale={isStale}
        note={text('cache.evictionsNote')}
      />
    </SimpleGrid>
  );
}
