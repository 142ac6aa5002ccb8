import { TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Team } from '@thriftgate/contracts';
import { api } from '../api/client';
import { FormDialog } from '../components/form-dialog';
import { useText } from '../i18n/use-text';

interface TeamDialogProps {
  /** The team to rename; a new one without it. */
  team?: Team;
  isOpen: boolean;
  onClose: () => void;
}

/** Creates a team and goes to it, or renames one. */
export function TeamDialog({ team, isOpen, onClose }: TeamDialogProps) {
  const text = useText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const send = async (values: { name: string }) => {
    const saved = await (team ? api.admin.teams.update(team.id, values) : api.admin.teams.create(values));
    await client.invalidateQueries({ queryKey: ['teams'] });
    if (!team) void navigate({ to: '/teams/$teamId', params: { teamId: saved.id } } as never);
  };
  return (
    <FormDialog
      isOpen={isOpen}
      title={text(team ? 'teams.rename' : 'teams.create')}
      action={text('teams.save')}
      initial={{ name: team?.name ?? '' }}
      send={send}
      onClose={onClose}
      fields={(form) => (
        <TextInput
          label={text('teams.name')}
          required
          maxLength={200}
          data-autofocus
          autoComplete="off"
          {...form.getInputProps('name')}
        />
      )}
    />
  );
}
