import { Grid, Stack } from '@mantine/core';
import { useQueries, useQuery } from '@tanstack/react-query';
import { PageTitle } from '../components/page-title';
import { Panel } from '../components/panel';
import { PeriodPicker } from '../components/period-picker';
import { RateNote } from '../components/rate-note';
import { useDisplay } from '../display/use-display';
import { usePeriod } from '../display/use-period';
import { dateIn } from '../format';
import { useText } from '../i18n/use-text';
import { Advice } from './advice';
import { Months } from './months';
import { ReturnPanel } from './return-panel';
import { roiQuery, savingsQuery } from './savings-queries';
import { SavingsByTeam } from './savings-by-team';
import { Waterfall } from './waterfall';

const MONTHS = 3;

/** What was saved by what, for whom, and what could be saved yet. */
export function SavingsPage() {
  const text = useText();
  const { timezone, teamId } = useDisplay();
  const { from, to } = usePeriod();
  const savings = useQuery(savingsQuery({ from, to, timezone, teamId }));
  const months = useQueries({
    queries: lastMonths(dateIn(timezone, new Date())).map((month) => roiQuery(month, timezone, teamId)),
  });
  const { data, error, refetch, isPlaceholderData } = savings;
  const state = {
    error: data ? undefined : error,
    onRetry: () => void refetch(),
    isLoading: !data,
    isStale: isPlaceholderData,
  };
  const roi = months.flatMap((month) => month.data ?? []);
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
                isLoading={roi.length === 0}
                error={months.every(({ isError }) => isError) ? months[0]?.error : undefined}
                onRetry={() => months.forEach((month) => void month.refetch())}
                height={160}
              >
                <Months months={roi} />
              </Panel>
              {roi[0] && <ReturnPanel month={roi[0]} />}
            </Stack>
          </Grid.Col>
        </Grid>
        <Advice opportunities={data?.opportunities} />
      </Stack>
    </>
  );
}

/** The month of a date and those before it, the latest first. */
function lastMonths(today: string): string[] {
  const number = Number(today.slice(0, 4)) * 12 + Number(today.slice(5, 7)) - 1;
  return Array.from({ length: MONTHS }, (_, back) => {
    const month = number - back;
    return `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`;
  });
}
