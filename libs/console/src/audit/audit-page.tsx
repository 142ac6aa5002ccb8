import { Code } from '@mantine/core';
import type { AuditEvent } from '@thriftgate/contracts';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { EmptyState } from '../components/empty-state';
import { MoreRows } from '../components/more-rows';
import { PageTitle } from '../components/page-title';
import { PeriodPicker } from '../components/period-picker';
import { QueryPart } from '../components/query-part';
import { When } from '../components/when';
import { useDisplay } from '../display/use-display';
import { usePeriod } from '../display/use-period';
import { useText } from '../i18n/use-text';
import { usePageSearch } from '../routes/use-search';
import { ActorName, ChangeSummary, SubjectName } from './audit-cells';
import { AuditDrawer } from './audit-drawer';
import { AuditExport } from './audit-export';
import { AuditFilters } from './audit-filters';
import { spanOf, useAuditEvents } from './audit-query';
import { ChainState } from './chain-state';
import classes from './diff.module.css';
import { readAuditSearch } from './audit-search';

/** Who changed what. */
export function AuditPage() {
  const text = useText();
  const { timezone, teamId } = useDisplay();
  const period = usePeriod();
  const [search, change] = usePageSearch(readAuditSearch);
  const { action, actor, subject } = search;
  const query = {
    ...spanOf(period, timezone),
    ...(action && { action }),
    ...(actor && { actor }),
    ...(subject && { subject }),
    ...(teamId && { team_id: teamId }),
  };
  const events = useAuditEvents(query);
  const rows = events.data?.pages.flatMap(({ data }) => data) ?? [];
  const columns: DataColumn<AuditEvent>[] = [
    { id: 'at', header: text('audit.at'), cell: ({ created_at: at }) => <When at={at} /> },
    { id: 'actor', header: text('audit.actor'), cell: (event) => <ActorName event={event} /> },
    {
      id: 'action',
      header: text('audit.action'),
      cell: (event) => <Code className={classes.action}>{event.action}</Code>,
    },
    { id: 'subject', header: text('audit.subject'), cell: (event) => <SubjectName event={event} /> },
    { id: 'change', header: text('audit.change'), isLong: true, cell: (event) => <ChangeSummary event={event} /> },
  ];
  return (
    <>
      <PageTitle title={text('shell.page.audit')} lead={text('audit.lead')}>
        <PeriodPicker />
        <AuditExport query={query} period={period} />
      </PageTitle>
      <ChainState />
      <AuditFilters search={search} onChange={change} />
      <QueryPart query={events}>
        {() => (
          <DataTable
            caption={text('shell.page.audit')}
            columns={columns}
            rows={rows}
            rowId={({ id }) => id}
            onOpen={({ id }) => change({ event: id })}
            openId={search.event}
            isStale={events.isPlaceholderData}
            isDense
            empty={<EmptyState title={text('audit.none')} why={text('audit.noneWhy')} />}
          />
        )}
      </QueryPart>
      <MoreRows pages={events} />
      <AuditDrawer event={rows.find(({ id }) => id === search.event)} onClose={() => change({ event: undefined })} />
    </>
  );
}
