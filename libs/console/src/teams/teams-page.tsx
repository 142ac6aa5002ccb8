import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { teamsQuery } from '../api/teams-query';
import { PageTitle } from '../components/page-title';
import { RateNote } from '../components/rate-note';
import { PeriodPicker } from '../components/period-picker';
import { QueryError, QueryPart } from '../components/query-part';
import { useDisplay } from '../display/use-display';
import { usePeriod } from '../display/use-period';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { CreateTeamDialog } from './create-team-dialog';
import { TeamsTable } from './teams-table';
import { useBudgets, useUsageOfTeams } from './teams-query';

/** The teams, what they spend and what they may. */
export function TeamsPage() {
  const text = useText();
  const { timezone } = useDisplay();
  const [isCreating, { open, close }] = useDisclosure();
  const mayWrite = useMay('teams:write');
  const teams = useQuery(teamsQuery);
  const usage = useUsageOfTeams(usePeriod(), timezone);
  const budgets = useBudgets();
  return (
    <>
      <PageTitle title={text('shell.page.teams')} lead={text('teams.lead')}>
        <PeriodPicker />
        {mayWrite && (
          <Button size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={open}>
            {text('teams.create')}
          </Button>
        )}
      </PageTitle>
      <RateNote />
      <QueryError query={usage} />
      <QueryError query={budgets} />
      <QueryPart query={teams}>
        {({ data }) => (
          <TeamsTable teams={data} usage={usage.data} budgets={budgets.data?.data} isStale={usage.isPlaceholderData} />
        )}
      </QueryPart>
      <CreateTeamDialog isOpen={isCreating} onClose={close} />
    </>
  );
}
