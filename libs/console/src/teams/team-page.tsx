import { Group, SimpleGrid, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { UsageReport } from '@thriftgate/contracts';
import { teamsQuery } from '../api/teams-query';
import { EmptyState } from '../components/empty-state';
import { PageLink } from '../components/page-link';
import { PageTitle } from '../components/page-title';
import { RateNote } from '../components/rate-note';
import { PeriodPicker } from '../components/period-picker';
import { QueryPart } from '../components/query-part';
import { Segments } from '../components/segments';
import { StatCard } from '../components/stat-card';
import { useMoney } from '../display/use-money';
import { useDisplay } from '../display/use-display';
import { usePeriod } from '../display/use-period';
import { changeOf, formatCount } from '../format';
import { useText } from '../i18n/use-text';
import { useMay, useMe } from '../me/use-me';
import type { RawSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';
import { TeamActs } from './team-acts';
import { TeamBudgets } from './team-budgets';
import { TeamCredits } from './team-credits';
import { TeamKeys } from './team-keys';
import { TeamModels } from './team-models';
import { TeamShares } from './team-shares';
import { useUsageOfTeam } from './teams-query';

const VIEWS = ['usage', 'credits'] as const;

const readSearch = ({ view }: RawSearch): { view: (typeof VIEWS)[number] } => ({
  view: view === 'credits' ? 'credits' : 'usage',
});

/** A team: what it spends, on which models, and who may what; in a second view what it has paid, and with whom it shares. */
export function TeamPage() {
  const text = useText();
  const { teamId = '' } = useParams({ strict: false });
  const [{ view }, change] = usePageSearch(readSearch);
  const mayReadCredits = useMay('credits:read');
  const teams = useQuery(teamsQuery);
  return (
    <QueryPart query={teams}>
      {({ data }) => {
        const team = data.find(({ id }) => id === teamId);
        if (!team) return <EmptyState order={1} title={text('teams.gone')} why={text('teams.goneWhy')} />;
        return (
          <>
            <PageTitle title={team.name} lead={<PageLink page="teams">{text('shell.page.teams')}</PageLink>}>
              {view === 'usage' && <PeriodPicker />}
              <TeamActs team={team} />
            </PageTitle>
            <RateNote />
            {mayReadCredits && (
              <Group mb="md">
                <Segments
                  aria-label={text('teams.view')}
                  value={view}
                  onChange={(value) => change({ view: value === 'usage' ? undefined : value })}
                  data={VIEWS.map((value) => ({ value, label: text(`teams.view.${value}`) }))}
                />
              </Group>
            )}
            {view === 'usage' ? <UsageView teamId={team.id} /> : <CreditsView teamId={team.id} />}
          </>
        );
      }}
    </QueryPart>
  );
}

function UsageView({ teamId }: { teamId: string }) {
  const mayReadKeys = useMay('keys:read');
  return (
    <Stack gap="lg">
      <TeamFigures teamId={teamId} />
      <TeamBudgets teamId={teamId} />
      {mayReadKeys && <TeamKeys teamId={teamId} />}
    </Stack>
  );
}

function CreditsView({ teamId }: { teamId: string }) {
  const mayRead = useMay('credits:read');
  const seesAllTeams = useMe().team === null;
  return (
    <Stack gap="lg">
      {mayRead && <TeamCredits teamId={teamId} />}
      {seesAllTeams && <TeamShares teamId={teamId} />}
    </Stack>
  );
}

function TeamFigures({ teamId }: { teamId: string }) {
  const { timezone } = useDisplay();
  const usage = useUsageOfTeam(teamId, usePeriod(), timezone);
  return (
    <QueryPart query={usage}>
      {(report) => (
        <>
          <Totals total={report.total} isStale={usage.isPlaceholderData} />
          <TeamModels report={report} teamId={teamId} />
        </>
      )}
    </QueryPart>
  );
}

function Totals({ total, isStale }: { total: UsageReport['total']; isStale: boolean }) {
  const text = useText();
  const { full: amount } = useMoney();
  const { language } = useDisplay();
  const { previous: before } = total;
  const compared = { comparedWith: text('teams.before'), isStale };
  return (
    <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
      <StatCard
        label={text('teams.cost')}
        value={amount(total.cost_usd)}
        {...(before && { change: changeOf(total.cost_usd, before.cost_usd) })}
        {...compared}
      />
      <StatCard
        label={text('teams.saved')}
        value={amount(total.saved_usd)}
        {...(before && { change: changeOf(total.saved_usd, before.saved_usd) })}
        {...compared}
      />
      <StatCard
        label={text('teams.requests')}
        value={formatCount(total.requests, language)}
        {...(before && { change: changeOf(String(total.requests), String(before.requests)) })}
        {...compared}
      />
    </SimpleGrid>
  );
}
