import { Button, Group } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { ArrowLeft, Download, Printer } from 'lucide-react';
import { PageTitle } from '../components/page-title';
import { Panel } from '../components/panel';
import { useDisplay } from '../display/use-display';
import { dateIn } from '../format';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { sharedSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';
import { MonthPicker } from './month-picker';
import { OrganisationStatement } from './organisation-statement';
import { RateOfStatement } from './rate-of-statement';
import { organisationQuery, statementAddress, statementQuery } from './statements-queries';
import { readMonth } from './statements-search';
import { TeamStatement } from './team-statement';

/** The months of teams: a table of all, and the statement of one, to print and as CSV. */
export function StatementsPage() {
  const text = useText();
  const me = useMe();
  const { timezone, language, teamId: chosen } = useDisplay();
  const [{ month = dateIn(timezone, new Date()).slice(0, 7) }, change] = usePageSearch(readMonth);
  const [, changeShared] = usePageSearch(sharedSearch);
  const seesAll = me.roles.some(({ team_id: id }) => id === null);
  const teamId = seesAll ? chosen : me.team?.id;
  const all = useQuery({ ...organisationQuery(month, timezone), enabled: teamId === undefined });
  const one = useQuery({ ...statementQuery(teamId ?? '', month, timezone), enabled: teamId !== undefined });
  const query = teamId === undefined ? all : one;
  const csv = statementAddress(month, { teamId, timezone, lang: language, format: 'csv' });
  return (
    <>
      <PageTitle title={text('statements.title')} lead={text('statements.lead')}>
        <Group gap="xs" className="no-print">
          <MonthPicker month={month} onChange={(next) => change({ month: next })} />
          <Button
            component="a"
            href={csv}
            download
            variant="default"
            size="xs"
            leftSection={<Download size={14} aria-hidden />}
          >
            {text('components.csv')}
          </Button>
          <Button
            variant="default"
            size="xs"
            leftSection={<Printer size={14} aria-hidden />}
            onClick={() => window.print()}
          >
            {text('statements.print')}
          </Button>
        </Group>
      </PageTitle>
      <RateOfStatement />
      {seesAll && teamId !== undefined && (
        <Button
          className="no-print"
          variant="subtle"
          size="compact-sm"
          mb="sm"
          leftSection={<ArrowLeft size={14} aria-hidden />}
          onClick={() => changeShared({ team: undefined })}
        >
          {text('statements.allTeams')}
        </Button>
      )}
      <Panel
        isLoading={!query.data}
        error={query.data ? undefined : query.error}
        onRetry={() => void query.refetch()}
        isStale={query.isPlaceholderData}
      >
        {teamId === undefined && all.data && (
          <OrganisationStatement statement={all.data} onOpen={(team) => changeShared({ team })} />
        )}
        {teamId !== undefined && one.data && <TeamStatement statement={one.data} />}
      </Panel>
    </>
  );
}
