import { Button, Select, Text } from '@mantine/core';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { AdminBatch, AdminBatchPage } from '@thriftgate/contracts';
import { Plus } from 'lucide-react';
import { useMemo } from 'react';
import { api } from '../api/client';
import { pollEvery } from '../api/query-client';
import { DataTable } from '../components/data-table';
import { EmptyState } from '../components/empty-state';
import { MoreRows } from '../components/more-rows';
import { PageTitle } from '../components/page-title';
import { PeriodPicker } from '../components/period-picker';
import { QueryPart } from '../components/query-part';
import { RateNote } from '../components/rate-note';
import { useDisplay } from '../display/use-display';
import { usePeriod } from '../display/use-period';
import { dayEnd, dayStart } from '../format';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { useBatchColumns } from './batch-columns';
import { type BatchStatus, isRunning, STATUS_TEXTS } from './batch-status';
import { useBatchesSearch } from './use-batches-page';

const PER_PAGE = 50;
const POLL_SECONDS = 10;

/** The batches of the period, newest first; what runs is asked for again while the page is seen. */
export function BatchList() {
  const text = useText();
  const [{ status }, change] = useBatchesSearch();
  const columns = useBatchColumns();
  const mayStart = useMay('batches:write');
  const pages = useBatches(status);
  const rows = useMemo((): AdminBatch[] => pages.data?.pages.flatMap(({ data }) => data) ?? [], [pages.data]);
  return (
    <>
      <PageTitle title={text('batches.title')} lead={text('batches.lead')}>
        <PeriodPicker />
        <Select
          size="xs"
          w={150}
          aria-label={text('batches.status')}
          placeholder={text('batches.anyStatus')}
          data={Object.entries(STATUS_TEXTS).map(([value, id]) => ({ value, label: text(id) }))}
          value={status ?? null}
          clearable
          onChange={(value) => change({ status: value ?? undefined })}
        />
        {mayStart && (
          <Button size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={() => change({ new: 'yes' })}>
            {text('batches.new')}
          </Button>
        )}
      </PageTitle>
      <RateNote />
      <QueryPart query={pages} height={420}>
        {() =>
          rows.length === 0 ? (
            <EmptyState title={text('batches.none')} why={text(status ? 'batches.noneFiltered' : 'batches.noneWhy')}>
              {status && (
                <Button variant="default" size="xs" onClick={() => change({ status: undefined })}>
                  {text('components.clearFilters')}
                </Button>
              )}
            </EmptyState>
          ) : (
            <>
              <DataTable
                caption={text('batches.caption')}
                columns={columns}
                rows={rows}
                rowId={({ id }) => id}
                isStale={pages.isPlaceholderData}
                onOpen={({ id }) => change({ batch: id })}
              />
              <MoreRows pages={pages} />
              <Text size="xs" c="dimmed" mt="xs">
                {text('batches.openHint')}
              </Text>
            </>
          )
        }
      </QueryPart>
    </>
  );
}

function useBatches(status: BatchStatus | undefined) {
  const { teamId, timezone } = useDisplay();
  const { from, to } = usePeriod();
  const filters = {
    ...(teamId !== undefined && { team_id: teamId }),
    ...(status !== undefined && { status }),
    from: dayStart(from, timezone),
    to: dayEnd(to, timezone),
  };
  return useInfiniteQuery({
    queryKey: ['batches', filters],
    queryFn: ({ pageParam, signal }): Promise<AdminBatchPage> =>
      api.admin.batches.list(
        { ...filters, limit: PER_PAGE, ...(pageParam !== undefined && { cursor: pageParam }) },
        { signal },
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state }) =>
      state.data?.pages.some(({ data }) => data.some(isRunning)) ? pollEvery(POLL_SECONDS)() : false,
  });
}
