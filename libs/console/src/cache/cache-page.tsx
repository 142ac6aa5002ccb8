import { Alert, Button, Card, Group, Pill, SimpleGrid, Stack, Text } from '@mantine/core';
import { useMemo } from 'react';
import { Ranking } from '../charts';
import { PageTitle } from '../components/page-title';
import { PeriodPicker } from '../components/period-picker';
import { QueryPart } from '../components/query-part';
import { StatCard } from '../components/stat-card';
import { useAmount } from '../display/use-amount';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { REFUSED_TEXTS } from './cache-texts';
import { InvalidateDrawer } from './invalidate-drawer';
import { ModelTable } from './model-table';
import { RateChart } from './rate-chart';
import { RulesCard } from './rules-card';
import { ShareList } from './share-list';
import { useCachePage } from './use-cache-page';

/** How well the cache works, by model and generation, and where stored responses are invalidated. */
export function CachePage() {
  const text = useText();
  const amount = useAmount();
  const { count, percent, bytes } = useNumbers();
  const { search, change, stats, shares, teams, rules, days } = useCachePage();
  const mayInvalidate = useMay('cache:invalidate');
  const { data, isPlaceholderData: isStale } = stats;
  const refused = useMemo(
    () =>
      Object.entries(data?.refused ?? {})
        .filter(([, responses]) => responses > 0)
        .toSorted(([, left], [, right]) => right - left)
        .map(([reason, value]) => ({
          id: reason,
          name: REFUSED_TEXTS[reason] ? text(REFUSED_TEXTS[reason]) : reason,
          value,
        })),
    [data, text],
  );
  const open = (model: string | undefined) => change({ invalidate: 'yes', ...(model !== undefined && { model }) });

  return (
    <>
      <PageTitle title={text('cache.title')} lead={text('cache.lead')}>
        <PeriodPicker />
        {mayInvalidate && (
          <Button size="xs" variant="default" onClick={() => open(undefined)}>
            {text('cache.invalidate')}…
          </Button>
        )}
      </PageTitle>
      <Stack gap="md">
        {search.model !== undefined && (
          <Group gap="xs">
            <Pill
              size="md"
              withRemoveButton
              onRemove={() => change({ model: undefined })}
              removeButtonProps={{
                'aria-label': text('components.removeFilter', { name: text('cache.model') }),
                tabIndex: 0,
                'aria-hidden': false,
              }}
            >
              {`${text('cache.model')} = ${search.model}`}
            </Pill>
          </Group>
        )}
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
          <StatCard
            label={text('cache.hitRate')}
            value={data && percent(data.hit_rate)}
            isStale={isStale}
            note={data && text('cache.hitsNote', { hits: count(data.hits), calls: count(data.hits + data.misses) })}
          />
          <StatCard
            label={text('cache.saved')}
            value={data && amount(data.saved_usd)}
            isStale={isStale}
            note={data && text('cache.coalescedNote', { count: count(data.coalesced) })}
          />
          <StatCard
            label={text('cache.keys')}
            value={data && count(data.total_keys)}
            isStale={isStale}
            note={data && text('cache.sizeNote', { size: bytes(data.bytes) })}
          />
          <StatCard
            label={text('cache.evictions')}
            value={data && count(data.evictions)}
            isStale={isStale}
            note={text('cache.evictionsNote')}
          />
        </SimpleGrid>
        <QueryPart query={stats} height={300}>
          {(shown) => (
            <div className={isStale ? 'stale' : undefined}>
              <RateChart stats={shown} days={days} model={search.model} />
            </div>
          )}
        </QueryPart>
        <Text size="xs" c="dimmed">
          {text('cache.utc')}
        </Text>
        {data && (
          <ModelTable
            stats={data}
            isStale={isStale}
            onModel={(model) => change({ model })}
            onInvalidate={mayInvalidate ? open : undefined}
          />
        )}
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          {data && (
            <Card withBorder padding="md">
              {refused.length === 0 ? (
                <Text size="sm" c="dimmed">
                  {text('cache.nothingRefused')}
                </Text>
              ) : (
                <Ranking
                  title={text('cache.refused')}
                  rows={refused}
                  headers={{ name: text('cache.reason'), value: text('cache.responses') }}
                  format={count}
                />
              )}
            </Card>
          )}
          <Stack gap="md">
            {shares.data && <ShareList shares={shares.data} teams={teams} />}
            {search.model !== undefined && rules.data && (
              <RulesCard model={search.model} rules={rules.data.cache ?? {}} />
            )}
            {rules.error && (
              <Alert color="red" variant="outline">
                {rules.error.message}
              </Alert>
            )}
          </Stack>
        </SimpleGrid>
      </Stack>
      {mayInvalidate && (
        <InvalidateDrawer
          isOpen={search.isInvalidating}
          model={search.model}
          models={[...new Set((data?.models ?? []).map(({ model }) => model))]}
          teams={teams}
          onClose={() => change({ invalidate: undefined })}
        />
      )}
    </>
  );
}
