import { Code, Group, Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ApiKey } from '@thriftgate/contracts';
import { api } from '../api/client';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { PageLink } from '../components/page-link';
import { QueryPart } from '../components/query-part';
import { When } from '../components/when';
import { formatCount } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';

/** Who may what in a team: its keys by role, with their models and limits. */
export function TeamKeys({ teamId }: { teamId: string }) {
  const text = useText();
  const { language } = useLanguage();
  const keys = useQuery({
    queryKey: ['keys', teamId, 'live'],
    queryFn: ({ signal }) => api.admin.keys.list(teamId, {}, { signal }),
  });
  const columns: DataColumn<ApiKey>[] = [
    { id: 'name', header: text('teams.name'), sortBy: ({ name }) => name, cell: ({ name }) => name },
    { id: 'prefix', header: text('teams.key'), cell: ({ prefix }) => <Code>{prefix}…</Code> },
    {
      id: 'role',
      header: text('teams.role'),
      sortBy: ({ role }) => role,
      cell: ({ role }) => text(`shell.role.${role}`),
    },
    {
      id: 'models',
      header: text('teams.models'),
      cell: ({ models }) => models?.join(', ') ?? text('teams.allModels'),
    },
    {
      id: 'limit',
      header: text('teams.limit'),
      isNumber: true,
      cell: ({ rpm_limit: limit }) => (limit === null ? text('teams.unlimited') : formatCount(limit, language)),
    },
    {
      id: 'expires',
      header: text('teams.expires'),
      cell: ({ expires_at: at }) => (at === null ? text('teams.never') : <When at={at} as="day" />),
    },
  ];
  return (
    <section aria-labelledby="team-keys">
      <Title order={2} size="h3" mb="xs" id="team-keys">
        {text('teams.keysAndRoles')}
      </Title>
      <QueryPart query={keys} height={96}>
        {({ data }) => (
          <DataTable
            caption={text('teams.keysAndRoles')}
            columns={columns}
            rows={data}
            rowId={({ id }) => id}
            empty={<Text c="dimmed">{text('teams.noKeys')}</Text>}
          />
        )}
      </QueryPart>
      <Group mt={4}>
        <Text size="sm">
          <PageLink page="keys" params={{ teamId }}>
            {text('teams.toKeys')}
          </PageLink>
        </Text>
      </Group>
    </section>
  );
}
