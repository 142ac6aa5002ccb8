import { Anchor, Button, Group, Select, Skeleton, Switch, Text } from '@mantine/core';
import { Download } from 'lucide-react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { EmptyState } from '../components/empty-state';
import { ErrorCard } from '../components/error-card';
import { PageTitle } from '../components/page-title';
import { PeriodPicker } from '../components/period-picker';
import { RateNote } from '../components/rate-note';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { csvAddress } from './csv-address';
import { FilterField } from './filter-field';
import { listState } from './list-state';
import { MOST_LIVE_ROWS } from './live-feed';
import { RequestList } from './request-list';
import classes from './request-list.module.css';
import { RequestPanel } from './request-panel';
import { useLiveRows } from './use-live-rows';
import { useRequestFilters } from './use-request-filters';
import { rowKey, useRequestRows } from './use-request-rows';

const SORT_TEXTS = {
  '-created_at': 'requests.sort.newest',
  created_at: 'requests.sort.oldest',
  '-cost': 'requests.sort.cost',
} as const;

/** The request log: what was asked, what it cost, and why it was not cached. */
export function RequestsPage() {
  const text = useText();
  const { count } = useNumbers();
  const { search, change, parsed, query, teams, includesToday } = useRequestFilters();
  const mayWatch = useMay('events:read');
  // New rows belong on top of the newest alone.
  const canBeLive = includesToday && search.sort === '-created_at';
  const [isSwitchedOn, setSwitchedOn] = useState(false);
  const isLive = isSwitchedOn && canBeLive;
  const live = useLiveRows(query, isLive);
  const pages = useRequestRows(query, search.sort);
  const { rows: stored, hasNextPage, fetchNextPage, isFetchingNextPage, isPlaceholderData, error, refetch } = pages;

  const rows = useMemo(() => {
    const seen = new Set(live.rows.map(rowKey));
    return [...live.rows, ...stored.filter((row) => !seen.has(rowKey(row)))];
  }, [live.rows, stored]);
  const known = useMemo(() => knownValues(stored, teams), [stored, teams]);
  const onNearEnd = useCallback(() => {
    if (hasNextPage && !isFetchingNextPage && !isPlaceholderData && !error) void fetchNextPage();
  }, [hasNextPage, isFetchingNextPage, isPlaceholderData, error, fetchNextPage]);
  const isWithoutRows = stored.length === 0;
  useEffect(() => {
    if (isWithoutRows) onNearEnd();
  }, [isWithoutRows, onNearEnd]);
  const onOpen = useCallback(
    (request: string) => change({ request }, { replace: search.request !== undefined }),
    [change, search.request],
  );
  const onClose = useCallback(() => change({ request: undefined }), [change]);

  const state = listState({ isPending: pages.isPending, rowCount: rows.length, hasNextPage, error });
  return (
    <>
      <PageTitle title={text('requests.title')} lead={text('requests.lead')}>
        {mayWatch && (
          <Switch
            label={text('requests.live')}
            title={canBeLive ? undefined : text('requests.liveOnly')}
            disabled={!canBeLive}
            checked={isLive}
            onChange={(event) => setSwitchedOn(event.currentTarget.checked)}
          />
        )}
        <PeriodPicker />
        <Select
          size="xs"
          w={130}
          aria-label={text('requests.sort')}
          data={Object.entries(SORT_TEXTS).map(([value, id]) => ({ value, label: text(id) }))}
          value={search.sort}
          allowDeselect={false}
          onChange={(sort) => change({ sort: sort === '-created_at' ? undefined : (sort ?? undefined) })}
        />
        <Button
          component="a"
          href={csvAddress({ ...query, sort: search.sort })}
          download
          variant="default"
          size="xs"
          leftSection={<Download size={14} aria-hidden />}
          title={text('requests.csv')}
        >
          CSV
        </Button>
      </PageTitle>
      <RateNote />
      <FilterField parsed={parsed} known={known} onChange={(q) => change({ q: q === '' ? undefined : q })} />
      <Group gap="md" my="xs" mih={22}>
        <Text size="sm" c="dimmed" className="numbers" role="status">
          {state === 'looking'
            ? text('components.loading')
            : text(hasNextPage ? 'requests.moreRows' : 'requests.rows', { count: count(rows.length) })}
        </Text>
        {isLive && (
          <Text size="sm" c="dimmed">
            {live.rows.length >= MOST_LIVE_ROWS
              ? text('requests.liveFull')
              : text(live.isLagging ? 'requests.liveLagging' : 'requests.liveOn')}
          </Text>
        )}
        {live.error !== undefined && isLive && (
          <Text size="sm" c="var(--bad)">
            {text('requests.liveBroken')}
          </Text>
        )}
      </Group>
      {error && <ErrorCard error={error} onRetry={() => void refetch()} />}
      <div className={`${classes.page} ${search.request === undefined ? '' : classes.withDetails}`}>
        <div style={{ minWidth: 0 }}>
          {state === 'looking' && <Skeleton className="loading" h={480} aria-busy="true" />}
          {state === 'empty' && (
            <EmptyState title={text('requests.none')} why={text('requests.noneWhy')}>
              {search.q !== '' && (
                <Anchor component="button" type="button" onClick={() => change({ q: undefined })}>
                  {text('components.clearFilters')}
                </Anchor>
              )}
            </EmptyState>
          )}
          {state === 'list' && (
            <RequestList
              rows={rows}
              openId={search.request}
              isStale={isPlaceholderData}
              onOpen={onOpen}
              onClose={onClose}
              onNearEnd={onNearEnd}
            />
          )}
        </div>
        {search.request !== undefined && <RequestPanel requestId={search.request} onClose={onClose} />}
      </div>
    </>
  );
}

type Rows = ReturnType<typeof useRequestRows>['rows'];

/** Names for completion: of the teams, and of what has been seen. */
function knownValues(rows: Rows, teams: readonly { name: string }[]) {
  const seen = (values: (string | null)[]) => [...new Set(values.filter((value) => value !== null))].toSorted();
  return {
    team: teams.map(({ name }) => name),
    model: seen(rows.map(({ model }) => model)),
    provider: seen(rows.map(({ provider }) => provider)),
    error: seen(rows.map(({ error_code: code }) => code)),
    tag: seen(rows.flatMap(({ tags }) => tags)),
    key: seen(rows.map(({ key_id: key }) => key)),
  };
}
