import { Button, Code, Group, Text } from '@mantine/core';
import type { Session } from '@thriftgate/contracts';
import { useState } from 'react';
import { api } from '../api/client';
import { ConfirmDialog } from '../components/confirm-dialog';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { EmptyState } from '../components/empty-state';
import { useAct } from '../components/use-act';
import { When } from '../components/when';
import { StateBadge } from '../components/state-badge';
import { useText } from '../i18n/use-text';
import { useMay, useMe } from '../me/use-me';
import { browserName } from './browser-name';

/** Open sessions, each of which can be ended but one's own: for that there is signing out. */
export function SessionsTable({ rows }: { rows: readonly Session[] }) {
  const text = useText();
  const me = useMe();
  const mayEnd = useMay('sessions:end');
  const [ending, setEnding] = useState<Session>();
  const end = useAct((id: string) => api.admin.sessions.end(id), {
    done: () => text('users.ended'),
    reload: ['sessions'],
  });
  const who = ({ key_id: id, key_name: name }: Session) => (id === 'admin' ? text('users.admin') : (name ?? id));
  const columns: DataColumn<Session>[] = [
    {
      id: 'key',
      header: text('users.key'),
      sortBy: who,
      cell: (session) => (
        <Group gap={6} wrap="nowrap">
          <span title={session.key_id}>{who(session)}</span>
          {session.id === me.session?.id && <StateBadge tone="plain">{text('users.own')}</StateBadge>}
        </Group>
      ),
    },
    {
      id: 'seen',
      header: text('users.seen'),
      sortBy: ({ seen_at: at }) => at,
      cell: ({ seen_at: at }) => <When at={at} as="ago" />,
    },
    { id: 'started', header: text('users.started'), cell: ({ created_at: at }) => <When at={at} /> },
    { id: 'ends', header: text('users.ends'), cell: ({ ends_at: at }) => <When at={at} /> },
    { id: 'address', header: text('users.address'), cell: ({ address }) => <Code>{address}</Code> },
    {
      id: 'agent',
      header: text('users.agent'),
      cell: ({ agent }) => <span title={agent}>{browserName(agent)}</span>,
    },
    ...(mayEnd
      ? [
          {
            id: 'end',
            header: '',
            cell: (session: Session) =>
              session.id !== me.session?.id && (
                <Button size="compact-xs" variant="default" onClick={() => setEnding(session)}>
                  {text('users.end')}
                </Button>
              ),
          },
        ]
      : []),
  ];
  return (
    <>
      <DataTable
        caption={text('users.sessions')}
        columns={columns}
        rows={rows}
        rowId={({ id }) => id}
        empty={<EmptyState title={text('users.none')} />}
      />
      <ConfirmDialog
        isOpen={ending !== undefined}
        title={text('users.endTitle')}
        action={text('users.end')}
        isBusy={end.isPending}
        onConfirm={() => ending && end.mutate(ending.id, { onSettled: () => setEnding(undefined) })}
        onClose={() => setEnding(undefined)}
      >
        <Text size="sm">{ending && text('users.endLead', { who: who(ending) })}</Text>
      </ConfirmDialog>
    </>
  );
}
