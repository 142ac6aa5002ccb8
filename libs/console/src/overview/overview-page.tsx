import { Grid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { EmptyState } from '../components/empty-state';
import { ErrorCard } from '../components/error-card';
import { PageLink } from '../components/page-link';
import { PageTitle } from '../components/page-title';
import { PeriodPicker } from '../components/period-picker';
import { RateNote } from '../components/rate-note';
import { useDisplay } from '../display/use-display';
import { usePeriod } from '../display/use-period';
import { useText } from '../i18n/use-text';
import { AsOf } from './as-of';
import { CostChart } from './cost-chart';
import { OverviewCards } from './overview-cards';
import { overviewQuery } from './overview-query';
import { SavedBy } from './saved-by';
import { ToDoList } from './to-do-list';
import { TopLists } from './top-lists';

/** What it cost, what was saved, whether the budgets hold, and what needs attention. */
export function OverviewPage() {
  const text = useText();
  const { timezone, teamId } = useDisplay();
  const { from, to } = usePeriod();
  const { data, error, refetch, isPlaceholderData } = useQuery(overviewQuery({ from, to, timezone, teamId }));
  const isEmpty = data !== undefined && !isPlaceholderData && data.total.requests === 0;
  return (
    <>
      <PageTitle title={text('overview.title')} lead={text('overview.lead')}>
        <PeriodPicker />
        <AsOf asOf={data?.as_of} onRefresh={() => void refetch()} />
      </PageTitle>
      <RateNote />
      {error && !data && <ErrorCard error={error} onRetry={() => void refetch()} />}
      {!(error && !data) && (
        <Stack gap="md">
          <OverviewCards overview={data} isStale={isPlaceholderData} />
          {isEmpty && (
            <EmptyState title={text('overview.empty')} why={text('overview.emptyLead')}>
              <PageLink page="gettingStarted">{text('overview.toGettingStarted')}</PageLink>
            </EmptyState>
          )}
          {!isEmpty && (
            <Grid gap="md">
              <Grid.Col span={{ base: 12, lg: 8 }}>
                <CostChart overview={data} isStale={isPlaceholderData} />
              </Grid.Col>
              <Grid.Col span={{ base: 12, lg: 4 }}>
                <SavedBy overview={data} isStale={isPlaceholderData} />
              </Grid.Col>
            </Grid>
          )}
          <ToDoList toDo={data?.to_do} />
          {!isEmpty && <TopLists top={data?.top} isStale={isPlaceholderData} />}
        </Stack>
      )}
    </>
  );
}
