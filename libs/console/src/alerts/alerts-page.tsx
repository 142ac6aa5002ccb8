import { Button, Center, Select } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Alert, AlertKind } from '@thriftgate/contracts';
import { teamsQuery } from '../api/teams-query';
import { FilterBar } from '../components/filter-bar';
import { PageTitle } from '../components/page-title';
import { QueryPart } from '../components/query-part';
import { Segments } from '../components/segments';
import { useDisplay } from '../display/use-display';
import { useText } from '../i18n/use-text';
import type { RawSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';
import { AlertDrawer } from './alert-drawer';
import { AlertsTable } from './alerts-table';
import { useAlerts } from './alerts-query';
import { ALERT_KINDS, knownKind } from './kinds';

const SHOWN = ['open', 'acknowledged', 'all'] as const;
type Shown = (typeof SHOWN)[number];

interface AlertsSearch {
  kind: AlertKind | undefined;
  show: Shown;
  alert: string | undefined;
}

const readSearch = ({ kind, show, alert }: RawSearch): AlertsSearch => ({
  kind: knownKind(kind),
  show: SHOWN.find((each) => each === show) ?? 'open',
  alert: typeof alert === 'string' ? alert : undefined,
});

/** The inbox of alerts: what needs attention, who has seen it, and where it was sent. */
export function AlertsPage() {
  const text = useText();
  const { teamId } = useDisplay();
  const [{ kind, show, alert: openId }, change] = usePageSearch(readSearch);
  const teams = useQuery(teamsQuery).data?.data ?? [];
  const alerts = useAlerts({ kind, teamId, acknowledged: show === 'all' ? undefined : show === 'acknowledged' });
  const rows = alerts.data?.pages.flatMap(({ data }) => data) ?? [];
  const teamName = ({ team_id: id }: Alert) =>
    id === null ? null : (teams.find((team) => team.id === id)?.name ?? id);
  return (
    <>
      <PageTitle title={text('shell.page.alerts')} lead={text('alerts.lead')} />
      <FilterBar
        filters={kind ? [{ name: 'kind', label: text('alerts.kind'), value: text(`alerts.kind.${kind}`) }] : []}
        onRemove={(name) => change({ [name]: undefined })}
        onClear={() => change({ kind: undefined })}
      >
        <Segments
          aria-label={text('alerts.show')}
          value={show}
          onChange={(value) => change({ show: value === 'open' ? undefined : value })}
          data={SHOWN.map((value) => ({ value, label: text(`alerts.show.${value}`) }))}
        />
        <Select
          size="xs"
          w={220}
          data-filter
          aria-label={text('alerts.kind')}
          placeholder={text('alerts.kind')}
          value={kind ?? null}
          onChange={(value) => change({ kind: value ?? undefined })}
          data={ALERT_KINDS.map((value) => ({ value, label: text(`alerts.kind.${value}`) }))}
          searchable
        />
      </FilterBar>
      <QueryPart query={alerts}>
        {() => (
          <AlertsTable
            rows={rows}
            teamName={teamName}
            openId={openId}
            onOpen={({ id }) => change({ alert: id })}
            isStale={alerts.isPlaceholderData}
            hasFilter={kind !== undefined || show !== 'open'}
          />
        )}
      </QueryPart>
      {alerts.hasNextPage && (
        <Center mt="md">
          <Button variant="default" loading={alerts.isFetchingNextPage} onClick={() => void alerts.fetchNextPage()}>
            {text('components.more')}
          </Button>
        </Center>
      )}
      <AlertDrawer alert={rows.find(({ id }) => id === openId)} onClose={() => change({ alert: undefined })} />
    </>
  );
}
