import { Text } from '@mantine/core';
import type { Alert } from '@thriftgate/contracts';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { EmptyState } from '../components/empty-state';
import { When } from '../components/when';
import { useLanguage } from '../i18n/language-provider';
import { StateBadge } from '../components/state-badge';
import { useText } from '../i18n/use-text';
import { AcknowledgeButton } from './acknowledge-button';
import { knownKind } from './kinds';
import { withoutIds } from './without-ids';

interface AlertsTableProps {
  rows: readonly Alert[];
  teamName: (alert: Alert) => string | null;
  openId: string | undefined;
  onOpen: (alert: Alert) => void;
  isStale: boolean;
  hasFilter: boolean;
}

/** Each severity with its colour; the word stands beside it. */
export const SEVERITIES = { info: 'plain', warning: 'soon', critical: 'bad' } as const;

export function AlertsTable({ rows, teamName, openId, onOpen, isStale, hasFilter }: AlertsTableProps) {
  const text = useText();
  const { language } = useLanguage();
  const columns: DataColumn<Alert>[] = [
    {
      id: 'at',
      header: text('alerts.at'),
      cell: ({ created_at: at }) => (
        <Text size="sm" miw={64}>
          <When at={at} as="ago" />
        </Text>
      ),
    },
    {
      id: 'severity',
      header: text('alerts.severity'),
      cell: ({ severity }) => (
        <StateBadge tone={SEVERITIES[severity]}>{text(`alerts.severity.${severity}`)}</StateBadge>
      ),
    },
    {
      id: 'text',
      header: text('alerts.what'),
      isLong: true,
      cell: (alert) => (
        <>
          <Text size="xs" c="dimmed">
            <KindName kind={alert.kind} />
          </Text>
          {withoutIds(alert.text[language])}
        </>
      ),
    },
    {
      id: 'team',
      header: text('shell.team'),
      cell: (alert) => (
        <Text size="sm" miw={88}>
          {teamName(alert) ?? text('alerts.allTeams')}
        </Text>
      ),
    },
    {
      id: 'acknowledged',
      header: text('alerts.state'),
      cell: (alert) => <AcknowledgeButton alert={alert} />,
    },
  ];
  return (
    <DataTable
      caption={text('shell.page.alerts')}
      columns={columns}
      rows={rows}
      rowId={({ id }) => id}
      onOpen={onOpen}
      openId={openId}
      isStale={isStale}
      empty={
        <EmptyState
          title={text(hasFilter ? 'alerts.noneShown' : 'alerts.none')}
          why={hasFilter ? undefined : text('alerts.noneWhy')}
        />
      }
    />
  );
}

/** The kind in words; of a newer gateway as it is. */
export function KindName({ kind }: { kind: string }) {
  const text = useText();
  const known = knownKind(kind);
  return known ? text(`alerts.kind.${known}`) : kind;
}
