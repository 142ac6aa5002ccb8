import { useQueryClient } from '@tanstack/react-query';
import type { ApiKey } from '@thriftgate/contracts';
import type { CallOptions } from '@thriftgate/sdk';
import { api } from '../api/client';
import { changedMembers } from '../components/changes';
import { EditDialog } from '../components/edit-dialog';
import { useToast } from '../components/toast';
import { useText } from '../i18n/use-text';
import { KeyFields, type KeyValues, sentFields } from './key-fields';
import { keySubject } from './key-subject';

const valuesOf = ({ name, models, rpm_limit: limit }: ApiKey): KeyValues => ({
  name,
  models: models ?? [],
  rpm_limit: limit ?? '',
});

/** Changes name, models and rate of a key. */
export function EditKeyDialog({ apiKey, isOpen, onClose }: { apiKey: ApiKey; isOpen: boolean; onClose: () => void }) {
  const [text, toast] = [useText(), useToast()];
  const client = useQueryClient();
  const send = async (values: KeyValues, before: KeyValues, options: CallOptions) => {
    const changes = changedMembers(sentFields(before), sentFields(values));
    if (changes) await api.admin.keys.update(apiKey.id, changes, options);
    await client.invalidateQueries({ queryKey: ['keys'] });
    toast.done(text('keys.edited', { name: values.name }));
  };
  return (
    <EditDialog
      isOpen={isOpen}
      title={text('keys.editTitle')}
      action={text('keys.save')}
      subject={keySubject(apiKey.id)}
      valuesOf={valuesOf}
      send={send}
      onClose={onClose}
      fields={(form) => <KeyFields form={form} />}
    />
  );
}
