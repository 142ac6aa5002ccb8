import { Button, Group, Stack, Text } from '@mantine/core';
import { useNavigate } from '@tanstack/react-router';
import type { UsageRow } from '@thriftgate/contracts';
import { Download } from 'lucide-react';
import { useCallback } from 'react';
import { CopyButton } from '../components/copy-button';
import { DataTable } from '../components/data-table';
import { EmptyState } from '../components/empty-state';
import { ErrorCard } from '../components/error-card';
import { PageTitle } from '../components/page-title';
import { PeriodPicker } from '../components/period-picker';
import { RateNote } from '../components/rate-note';
import { formatPeriod } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { PAGES } from '../routes/pages';
import { requestsSearch } from './requests-search';
import { UsageChart } from './usage-chart';
import { useUsageColumns } from './usage-columns';
import { UsageControls } from './usage-controls';
import { UsageCsv } from './usage-csv';
import { UsageFilters } from './usage-filters';
import { fullCsvAddress, groupsOf } from './usage-queries';
import { exclusionOf, filterOf, type GroupName } from './usage-search';
import { groupKey } from './usage-series';
import { useUsage } from './use-usage';

/** A measure by one or two groups over time, and the same numbers as a table. */
export function UsagePage() {
  const text = useText();
  const { language } = useLanguage();
  const navigate = useNavigate();
  const mayOpen = useMay(PAGES.requests.permission);
  const { state, change, span, table, chart, chartError, isStale, includesToday, retry } = useUsage();
  const { filters } = state;
  const onFilter = useCallback(
    (group: GroupName, value: string, isExcluded: boolean) =>
      isExcluded
        ? change({ [exclusionOf(group)]: [...new Set([...(filters[exclusionOf(group)] ?? []), value])] })
        : change({ [filterOf(group)]: [value] }),
    [change, filters],
  );
  const columns = useUsageColumns(state, table.data?.total, onFilter);
  const open = (row: UsageRow) =>
    void navigate({ to: PAGES.requests.path, search: requestsSearch(state, row) } as never);
  const rows = table.data?.data ?? [];
  return (
    <>
      <PageTitle title={text('usage.title')} lead={text('usage.lead')}>
        <PeriodPicker />
        <CopyButton value={window.location.href} label={text('usage.copyLink')} />
      </PageTitle>
      <RateNote />
      <UsageControls state={state} onChange={change} />
      <UsageFilters state={state} rows={rows} onChange={change} />
      {state.groups.includes('tag') && (
        <Text size="sm" c="dimmed" mb="sm">
          {text('usage.tagNote')}
        </Text>
      )}
      {state.isCompared && includesToday && (
        <Text size="sm" c="dimmed" mb="sm">
          {text('usage.todayNote')}
        </Text>
      )}
      <Stack gap="md">
        {table.error && !table.data ? (
          <ErrorCard error={table.error} onRetry={() => void table.refetch()} />
        ) : (
          <>
            <UsageChart chart={chart} isStale={isStale} error={chartError} onRetry={retry} />
            <DataTable
              caption={text('usage.table', { period: formatPeriod(span.from, span.to, span.timezone, language) })}
              columns={columns}
              rows={rows}
              rowId={(row) => groupKey(row, groupsOf(state)) + (row.others ?? '')}
              onOpen={mayOpen ? open : undefined}
              initialSort={{ id: 'cost', desc: true }}
              isStale={table.isPlaceholderData}
              isDense
              empty={table.data && <EmptyState title={text('usage.empty')} why={text('usage.emptyLead')} />}
            />
          </>
        )}
        <Group gap="xs">
          <UsageCsv state={state} span={span} rows={table.isPlaceholderData ? [] : rows} />
          <Button
            component="a"
            href={fullCsvAddress(span, state)}
            download
            variant="default"
            size="xs"
            leftSection={<Download size={14} aria-hidden />}
          >
            {text('usage.fullCsv')}
          </Button>
          {mayOpen && (
            <Text size="xs" c="dimmed">
              {text('usage.openHint')}
            </Text>
          )}
        </Group>
      </Stack>
    </>
  );
}
