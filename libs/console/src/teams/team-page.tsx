import { SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { teamsQuery } from '../api/teams-query';
import { EmptyState } from '../components/empty-state';
import { PageLink } from '../components/page-link';
import { PageTitle } from '../components/page-title';
import { PeriodPicker } from '../components/period-picker';
import { QueryPart } from '../components/query-part';
import { StatCard } from '../components/stat-card';
import { useAmount } from '../display/use-amount';
import { useDisplay } from '../display/use-display';
import { usePeriod } from '../display/use-period';
import { changeOf, formatCount } from '../format';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { TeamActs } from './team-acts';
import { TeamBudgets } from './team-budgets';
import { TeamKeys } from './team-keys';
import { TeamModels } from './team-models';
import { useUsageOfTeam } from './teams-query';

/** A team: what it spends, on which models, and who may what. */
export function TeamPage() {
  const text = useText();
  const { teamId = '' } = useParams({ strict: false });
  const mayReadKeys = useMay('keys:read');
  const teams = useQuery(teamsQuery);
  return (
    <QueryPart query={teams}>
      {({ data }) => {
        const team = data.find(({ id }) => id === teamId);
        if (!team) return <EmptyState title={text('teams.gone')} why={text('teams.goneWhy')} />;
        return (
          <>
            <PageTitle title={team.name} lead={<PageLink page="teams">{text('shell.page.teams')}</PageLink>}>
              <PeriodPicker />
              <TeamActs team={team} />
            </PageTitle>
            <Stack gap="lg">
              <TeamFigures teamId={team.id} />
              <TeamBudgets teamId={team.id} />
              {mayReadKeys && <TeamKeys teamId={team.id} />}
            </Stack>
          </>
        );
      }}
    </QueryPart>
  );
}

function TeamFigures({ teamId }: { teamId: string }) {
  const text = useText();
  const amount = useAmount();
  const { timezone, language } = useDisplay();
  const usage = useUsageOfTeam(teamId, usePeriod(), timezone);
  const isStale = usage.isPlaceholderData;
  const before = usage.data?.total.previous;
  const compared = { comparedWith: text('teams.before'), isStale };
  const total = usage.data?.total;
  return (
    <>
      <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
        <StatCard
          label={text('teams.cost')}
          value={total && amount(total.cost_usd)}
          {...(total && before && { change: changeOf(total.cost_usd, before.cost_usd) })}
          {...compared}
        />
        <StatCard
          label={text('teams.saved')}
          value={total && amount(total.saved_usd)}
          {...(total && before && { change: changeOf(total.saved_usd, before.saved_usd) })}
          {...compared}
        />
        <StatCard
          label={text('teams.requests')}
          value={total && formatCount(total.requests, language)}
          {...(total && before && { change: changeOf(String(total.requests), String(before.requests)) })}
          {...compared}
        />
      </SimpleGrid>
      <QueryPart query={usage}>{(report) => <TeamModels report={report} teamId={teamId} />}</QueryPart>
    </>
  );
}
