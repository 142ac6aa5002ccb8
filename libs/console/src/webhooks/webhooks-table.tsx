import { Code, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { Webhook } from '@thriftgate/contracts';
import { teamsQuery } from '../api/teams-query';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { EmptyState } from '../components/empty-state';
import { When } from '../components/when';
import { StateBadge } from '../components/state-badge';
import { useText } from '../i18n/use-text';
import { WebhookMenu } from './webhook-menu';

interface WebhooksTableProps {
  rows: readonly Webhook[];
  onDeliveries: (id: string) => void;
}

export function WebhooksTable({ rows, onDeliveries }: WebhooksTableProps) {
  const text = useText();
  const teams = useQuery(teamsQuery).data?.data ?? [];
  const columns: DataColumn<Webhook>[] = [
    {
      id: 'url',
      header: text('webhooks.url'),
      isLong: true,
      sortBy: ({ url }) => url,
      cell: ({ url }) => <Code>{url}</Code>,
    },
    { id: 'format', header: text('webhooks.format'), cell: ({ format }) => text(`webhooks.format.${format}`) },
    {
      id: 'kinds',
      header: text('webhooks.kinds'),
      cell: ({ kinds }) =>
        kinds === null ? (
          text('webhooks.allKinds')
        ) : (
          <span title={kinds.join(', ')}>{text('webhooks.kindCount', { count: kinds.length })}</span>
        ),
    },
    {
      id: 'team',
      header: text('shell.team'),
      cell: ({ team_id: id }) => (
        <span className="unbroken">
          {id === null ? text('webhooks.allTeams') : (teams.find((team) => team.id === id)?.name ?? id)}
        </span>
      ),
    },
    {
      id: 'state',
      header: text('webhooks.state'),
      cell: ({ active }) => (
        <StateBadge tone={active ? 'good' : 'plain'}>
          {text(active ? 'webhooks.active' : 'webhooks.inactive')}
        </StateBadge>
      ),
    },
    { id: 'last', header: text('webhooks.last'), cell: (webhook) => <LastDelivery webhook={webhook} /> },
    {
      id: 'acts',
      header: '',
      cell: (webhook) => <WebhookMenu webhook={webhook} onDeliveries={() => onDeliveries(webhook.id)} />,
    },
  ];
  return (
    <DataTable
      caption={text('shell.page.webhooks')}
      columns={columns}
      rows={rows}
      rowId={({ id }) => id}
      empty={<EmptyState title={text('webhooks.none')} why={text('webhooks.noneWhy')} />}
    />
  );
}

function LastDelivery({ webhook: { last_delivery: last } }: { webhook: Webhook }) {
  const text = useText();
  if (last === null) return text('webhooks.never');
  return (
    <Text size="sm" {...(!last.delivered && { c: 'var(--bad)' })}>
      <When at={last.at} as="ago" />
      {' · '}
      {last.delivered ? text('webhooks.lastDelivered') : text('webhooks.lastFailed', { error: last.error ?? '' })}
    </Text>
  );
}
