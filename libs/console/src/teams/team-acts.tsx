import { Button, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useNavigate } from '@tanstack/react-router';
import type { Team } from '@thriftgate/contracts';
import { api } from '../api/client';
import { ConfirmDialog } from '../components/confirm-dialog';
import { useAct } from '../components/use-act';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { TeamDialog } from './team-dialog';

/** Renames and deletes a team, for those who may. */
export function TeamActs({ team }: { team: Team }) {
  const text = useText();
  const navigate = useNavigate();
  const [isRenaming, rename] = useDisclosure();
  const [isDeleting, remove] = useDisclosure();
  const act = useAct(() => api.admin.teams.delete(team.id), {
    done: () => text('teams.deleted', { name: team.name }),
    reload: ['teams'],
  });
  if (!useMay('teams:write')) return null;
  return (
    <>
      <Button size="xs" variant="default" onClick={rename.open}>
        {text('teams.rename')}
      </Button>
      <Button size="xs" variant="default" onClick={remove.open}>
        {text('teams.delete')}
      </Button>
      <TeamDialog team={team} isOpen={isRenaming} onClose={rename.close} />
      <ConfirmDialog
        isOpen={isDeleting}
        title={text('teams.deleteTitle')}
        action={text('teams.delete')}
        typeName={team.name}
        isBusy={act.isPending}
        onConfirm={() =>
          act.mutate(undefined, {
            onSuccess: () => void navigate({ to: '/teams' } as never),
            onSettled: remove.close,
          })
        }
        onClose={remove.close}
      >
        <Text size="sm">{text('teams.deleteLead')}</Text>
      </ConfirmDialog>
    </>
  );
}
