import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQueryClient } from '@tanstack/react-query';
import type { Team } from '@thriftgate/contracts';
import { api } from '../api/client';
import { changedMembers } from '../components/changes';
import { ConfirmAct } from '../components/confirm-act';
import { EditDialog } from '../components/edit-dialog';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { useOpenPage } from '../routes/use-open-page';
import { TeamNameField } from './team-name-field';
import { teamSubject } from './team-subject';

interface TeamActProps {
  team: Team;
  isOpen: boolean;
  onClose: () => void;
}

/** Renames and deletes a team, for those who may. */
export function TeamActs({ team }: { team: Team }) {
  const text = useText();
  const [isRenaming, rename] = useDisclosure();
  const [isDeleting, remove] = useDisclosure();
  if (!useMay('teams:write')) return null;
  return (
    <>
      <Button size="xs" variant="default" onClick={rename.open}>
        {text('teams.rename')}
      </Button>
      <Button size="xs" variant="default" onClick={remove.open}>
        {text('teams.delete')}
      </Button>
      <RenameTeam team={team} isOpen={isRenaming} onClose={rename.close} />
      <DeleteTeam team={team} isOpen={isDeleting} onClose={remove.close} />
    </>
  );
}

function RenameTeam({ team, isOpen, onClose }: TeamActProps) {
  const text = useText();
  const client = useQueryClient();
  return (
    <EditDialog
      isOpen={isOpen}
      title={text('teams.rename')}
      action={text('teams.save')}
      subject={teamSubject(team.id)}
      valuesOf={({ name }) => ({ name })}
      send={async (values, before, options) => {
        const changes = changedMembers(before, values);
        if (changes) await api.admin.teams.update(team.id, values, options);
        await client.invalidateQueries({ queryKey: ['teams'] });
      }}
      onClose={onClose}
      fields={(form) => <TeamNameField form={form} />}
    />
  );
}

function DeleteTeam({ team, isOpen, onClose }: TeamActProps) {
  const text = useText();
  const openPage = useOpenPage();
  return (
    <ConfirmAct
      isOpen={isOpen}
      title={text('teams.deleteTitle')}
      action={text('teams.delete')}
      typeName={team.name}
      subject={teamSubject(team.id)}
      act={(options) => api.admin.teams.delete(team.id, options)}
      done={() => text('teams.deleted', { name: team.name })}
      leave={() => openPage('teams')}
      reload={['teams']}
      onClose={onClose}
    >
      <Text size="sm">{text('teams.deleteLead')}</Text>
    </ConfirmAct>
  );
}
