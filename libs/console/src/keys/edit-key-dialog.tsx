import { useQueryClient } from '@tanstack/react-query';
import type { ApiKey } from '@thriftgate/contracts';
import { api } from '../api/client';
import { FormDialog } from '../components/form-dialog';
import { useToast } from '../components/toast';
import { useText } from '../i18n/use-text';
import { KeyFields, type KeyValues, sentFields } from './key-fields';

/** Changes name, models and rate of a key. */
export function EditKeyDialog({ apiKey, isOpen, onClose }: { apiKey: ApiKey; isOpen: boolean; onClose: () => void }) {
  const [text, toast] = [useText(), useToast()];
  const client = useQueryClient();
  const initial: KeyValues = { name: apiKey.name, models: apiKey.models ?? [], rpm_limit: apiKey.rpm_limit ?? '' };
  const send = async (values: KeyValues) => {
    await api.admin.keys.update(apiKey.id, sentFields(values));
    await client.invalidateQueries({ queryKey: ['keys'] });
    toast.done(text('keys.edited', { name: values.name }));
  };
  return (
    <FormDialog
      isOpen={isOpen}
      title={text('keys.editTitle')}
      action={text('keys.save')}
      initial={initial}
      send={send}
      onClose={onClose}
      fields={(form) => <KeyFields form={form} />}
    />
  );
}
