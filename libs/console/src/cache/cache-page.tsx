import { Button, Group, Pill, SimpleGrid, Stack, Text } from '@mantine/core';
import { PageTitle } from '../components/page-title';
import { PeriodPicker } from '../components/period-picker';
import { QueryPart } from '../components/query-part';
import { RateNote } from '../components/rate-note';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { CacheCards } from './cache-cards';
import { InvalidateDrawer } from './invalidate-drawer';
import { ModelTable } from './model-table';
import { RateChart } from './rate-chart';
import { RefusedCard } from './refused-card';
import { RulesCard } from './rules-card';
import { ShareList } from './share-list';
import { useCachePage } from './use-cache-page';

/** How well the cache works, by model and generation, and where stored responses are invalidated. */
export function CachePage() {
  const text = useText();
  const { search, change, stats, shares, seesShares, teams, rules, seesRules, days } = useCachePage();
  const mayInvalidate = useMay('cache:invalidate');
  const { data, isPlaceholderData: isStale } = stats;
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
      <RateNote />
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
        <QueryPart query={stats} height={520}>
          {(shown) => (
            <>
              <CacheCards stats={shown} isStale={isStale} />
              <div className={isStale ? 'stale' : undefined}>
                <RateChart stats={shown} days={days} model={search.model} />
              </div>
              <Text size="xs" c="dimmed">
                {text('cache.utc')}
              </Text>
              <ModelTable
                stats={shown}
                isStale={isStale}
                onModel={(model) => change({ model })}
                onInvalidate={mayInvalidate ? open : undefined}
              />
            </>
          )}
        </QueryPart>
        <SimpleGrid cols={{ base: 1, md: 2 }}>
          {data && <RefusedCard refused={data.refused} />}
          <Stack gap="md">
            {seesShares && (
              <QueryPart query={shares} height={120}>
                {(list) => <ShareList shares={list} />}
              </QueryPart>
            )}
            {seesRules && search.model !== undefined && (
              <QueryPart query={rules} height={120}>
                {({ cache }) => <RulesCard model={search.model ?? ''} rules={cache ?? {}} />}
              </QueryPart>
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
