import { PasswordInput, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { api } from '../api/client';
import { FormDialog } from '../components/form-dialog';
import { useToast } from '../components/toast';
import { useText } from '../i18n/use-text';

const INITIAL = { name: '', type: '', base_url: '', keys: '' };

/** A provider with its first key. */
export function CreateProviderDialog({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const [text, toast] = [useText(), useToast()];
  const client = useQueryClient();
  const send = async ({ name, type, base_url: url, keys: key }: typeof INITIAL) => {
    await api.admin.providers.create({
      name: name.trim(),
      type: type.trim(),
      ...(url.trim() !== '' && { base_url: url.trim() }),
      keys: key === '' ? [] : [{ key }],
    });
    const reload = ['providers', 'models', 'deployments'];
    await Promise.all(reload.map((each) => client.invalidateQueries({ queryKey: [each] })));
    toast.done(text('models.providerCreated', { name: name.trim() }));
  };
  return (
    <FormDialog
      isOpen={isOpen}
      title={text('models.create.providers')}
      action={text('models.save')}
      initial={INITIAL}
      send={send}
      onClose={onClose}
      fields={(form) => (
        <>
          <TextInput
            label={text('models.name')}
            placeholder="groq-eu"
            required
            data-autofocus
            autoComplete="off"
            {...form.getInputProps('name')}
          />
          <TextInput
            label={text('models.type')}
            description={text('models.typeHint')}
            placeholder="groq"
            required
            autoComplete="off"
            {...form.getInputProps('type')}
          />
          <TextInput
            label={text('models.baseUrl')}
            description={text('models.baseUrlHint')}
            placeholder="https://"
            autoComplete="off"
            {...form.getInputProps('base_url')}
          />
          <PasswordInput
            label={text('models.key')}
            description={text('models.keyHidden')}
            autoComplete="off"
            visibilityToggleButtonProps={{ 'aria-label': text('models.showKey') }}
            {...form.getInputProps('keys')}
          />
        </>
      )}
    />
  );
}
