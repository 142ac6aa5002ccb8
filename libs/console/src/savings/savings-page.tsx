import { Grid, Stack } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { PageTitle } from '../components/page-title';
import { Panel } from '../components/panel';
import { PeriodPicker } from '../components/period-picker';
import { QueryPart } from '../components/query-part';
import { RateNote } from '../components/rate-note';
import { useDisplay } from '../display/use-display';
import { usePeriod } from '../display/use-period';
import { dateIn, monthAfter } from '../format';
import { useText } from '../i18n/use-text';
import { Advice } from './advice';
import { Months } from './months';
import { ReturnPanel } from './return-panel';
import { roiQuery, savingsQuery } from './savings-queries';
import { SavingsByTeam } from './savings-by-team';
import { Waterfall } from './waterfall';

/** The months of the table: the running one and those before it. */
const BACK = [0, 1, 2];

/** What was saved by what, for whom, and what could be saved yet. */
export function SavingsPage() {
  const text = useText();
  const { timezone, teamId } = useDisplay();
  const { from, to } = usePeriod();
  const savings = useQuery(savingsQuery({ from, to, timezone, teamId }));
  const running = dateIn(timezone, new Date()).slice(0, 7);
  const months = useQueries({
    queries: BACK.map((count) => roiQuery(monthAfter(running, -count), timezone, teamId)),
  });
  const { data, error, refetch, isPlaceholderData } = savings;
  const state = {
    error: data ? undefined : error,
    onRetry: () => void refetch(),
    isLoading: !data,
    isStale: isPlaceholderData,
  };
  const roi = months.flatMap((month) => month.data ?? []);
  const thisMonth = months[0]?.data;
  const failed = months.find((month) => month.data === undefined && month.isError);
  return (
    <>
      <PageTitle title={text('savings.title')} lead={text('savings.lead')}>
        <PeriodPicker />
      </PageTitle>
      <RateNote />
      <Stack gap="md">
        <Panel {...state} title={text('savings.waterfall')} height={280}>
          {data && <Waterfall total={data.total} />}
        </Panel>
        <Grid gap="md">
          <Grid.Col span={{ base: 12, lg: 6 }}>
            <Panel {...state} isFull>
              {data && <SavingsByTeam rows={data.data} />}
            </Panel>
          </Grid.Col>
          <Grid.Col span={{ base: 12, lg: 6 }}>
            <Stack gap="md">
              <Panel
                title={text('savings.months')}
                isLoading={roi.length < BACK.length}
                error={failed?.error}
                onRetry={() => months.forEach(({ isError, refetch: again }) => isError && void again())}
                height={160}
              >
                <Months months={roi} />
              </Panel>
              {thisMonth && <ReturnPanel month={thisMonth} />}
            </Stack>
          </Grid.Col>
        </Grid>
        <QueryPart query={savings} height={160}>
          {({ opportunities }) => <Advice opportunities={opportunities} />}
        </QueryPart>
      </Stack>
    </>
  );
}
