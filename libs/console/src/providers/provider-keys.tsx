import { ActionIcon, Button, Group, PasswordInput, Select, Text, TextInput, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Provider, ProviderKey } from '@thriftgate/contracts';
import { Trash2 } from 'lucide-react';
import { useState } from 'react';
import { api } from '../api/client';
import { teamsQuery } from '../api/teams-query';
import { ConfirmDialog } from '../components/confirm-dialog';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { FormDialog } from '../components/form-dialog';
import { useAct } from '../components/use-act';
import { useText } from '../i18n/use-text';

/** The keys of a provider by their last characters: a key itself is not shown again. */
export function ProviderKeys({ provider, mayWrite }: { provider: Provider; mayWrite: boolean }) {
  const text = useText();
  const teams = useQuery(teamsQuery).data?.data ?? [];
  const [isAdding, { open, close }] = useDisclosure();
  const [deleting, setDeleting] = useState<ProviderKey>();
  const remove = useAct((id: string) => api.admin.providers.deleteKey(provider.name, id), {
    done: () => text('models.keyDeleted'),
    reload: ['providers'],
  });
  const columns: DataColumn<ProviderKey>[] = [
    {
      id: 'name',
      header: text('models.keyName'),
      cell: ({ id, name }) => name ?? (id === null ? text('models.keyOfConfiguration') : '–'),
    },
    { id: 'hint', header: text('models.keyHint'), cell: ({ hint }) => hint ?? '–' },
    {
      id: 'team',
      header: text('shell.team'),
      cell: ({ team_id: id }) =>
        id === null ? text('models.allTeams') : (teams.find((team) => team.id === id)?.name ?? id),
    },
    {
      id: 'state',
      header: text('models.state'),
      cell: ({ set_aside: aside }) =>
        aside === null ? text('models.keyUsed') : text('models.keySetAside', { reason: aside.reason }),
    },
    ...(mayWrite
      ? [
          {
            id: 'delete',
            header: '',
            cell: (key: ProviderKey) =>
              key.id !== null && (
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  aria-label={text('models.deleteKey', { name: key.name ?? key.hint ?? key.id })}
                  onClick={() => setDeleting(key)}
                >
                  <Trash2 size={16} aria-hidden />
                </ActionIcon>
              ),
          },
        ]
      : []),
  ];
  return (
    <section aria-labelledby="provider-keys">
      <Group justify="space-between" mb={4}>
        <Title order={3} size="h4" id="provider-keys">
          {text('models.keys')}
        </Title>
        {mayWrite && (
          <Button size="compact-xs" variant="default" onClick={open}>
            {text('models.addKey')}
          </Button>
        )}
      </Group>
      <DataTable
        caption={text('models.keys')}
        columns={columns}
        rows={provider.keys}
        rowId={({ id }) => id ?? 'environment'}
        isDense
        empty={<Text c="dimmed">{text('models.noKeys')}</Text>}
      />
      <AddKeyDialog provider={provider.name} isOpen={isAdding} onClose={close} />
      <ConfirmDialog
        isOpen={deleting !== undefined}
        title={text('models.deleteKeyTitle')}
        action={text('models.deleteProvider')}
        isBusy={remove.isPending}
        onConfirm={() => deleting?.id && remove.mutate(deleting.id, { onSettled: () => setDeleting(undefined) })}
        onClose={() => setDeleting(undefined)}
      >
        <Text size="sm">{text('models.deleteKeyLead')}</Text>
      </ConfirmDialog>
    </section>
  );
}

interface AddKeyDialogProps {
  provider: string;
  isOpen: boolean;
  onClose: () => void;
}

function AddKeyDialog({ provider, isOpen, onClose }: AddKeyDialogProps) {
  const text = useText();
  const client = useQueryClient();
  const teams = useQuery(teamsQuery).data?.data ?? [];
  const send = async ({ key, name, team_id: team }: { key: string; name: string; team_id: string | null }) => {
    await api.admin.providers.addKey(provider, { key, ...(name && { name }), ...(team && { team_id: team }) });
    await client.invalidateQueries({ queryKey: ['providers'] });
  };
  return (
    <FormDialog<{ key: string; name: string; team_id: string | null }>
      isOpen={isOpen}
      title={text('models.addKeyTitle', { name: provider })}
      action={text('models.addKey')}
      initial={{ key: '', name: '', team_id: null }}
      send={send}
      onClose={onClose}
      fields={(form) => (
        <>
          <PasswordInput
            label={text('models.key')}
            description={text('models.keyHidden')}
            required
            data-autofocus
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': text('models.showKey') }}
            {...form.getInputProps('key')}
          />
          <TextInput label={text('models.keyName')} autoComplete="off" {...form.getInputProps('name')} />
          <Select
            label={text('shell.team')}
            description={text('models.keyTeamHint')}
            placeholder={text('models.allTeams')}
            data={teams.map(({ id, name }) => ({ value: id, label: name }))}
            searchable
            {...form.getInputProps('team_id')}
          />
        </>
      )}
    />
  );
}
