import { useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client';
import { FormDialog } from '../components/form-dialog';
import { useText } from '../i18n/use-text';
import { useOpenPage } from '../routes/use-open-page';
import { TeamNameField } from './team-name-field';

/** Creates a team and goes to it. */
export function CreateTeamDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const text = useText();
  const client = useQueryClient();
  const openPage = useOpenPage();
  const send = async (values: { name: string }) => {
    const { id } = await api.admin.teams.create(values);
    await client.invalidateQueries({ queryKey: ['teams'] });
    void openPage('team', { params: { teamId: id } });
  };
  return (
    <FormDialog
      isOpen={isOpen}
      title={text('teams.create')}
      action={text('teams.save')}
      initial={{ name: '' }}
      send={send}
      onClose={onClose}
      fields={(form) => <TeamNameField form={form} />}
    />
  );
}
