import { Text, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { AdminModel } from '@thriftgate/contracts';
import { api } from '../api/client';
import { FormDialog } from '../components/form-dialog';
import { useToast } from '../components/toast';
import { useText } from '../i18n/use-text';

interface VersionDialogProps {
  model: AdminModel;
  isOpen: boolean;
  onClose: () => void;
}

/** Declares the version of a model. Another version starts a new cache generation, and the dialog says so. */
export function VersionDialog({ model, isOpen, onClose }: VersionDialogProps) {
  const [text, toast] = [useText(), useToast()];
  const client = useQueryClient();
  const send = async ({ version }: { version: string }) => {
    const { generation } = await api.admin.models.setVersion(model.name, version);
    await client.invalidateQueries({ queryKey: ['models'] });
    toast.done(text('models.declared', { name: model.name, version, generation }));
  };
  return (
    <FormDialog
      isOpen={isOpen}
      title={text('models.declareTitle', { name: model.name })}
      action={text('models.declare')}
      initial={{ version: model.version ?? '' }}
      send={send}
      onClose={onClose}
      fields={(form) => (
        <>
          <TextInput
            label={text('models.version')}
            description={text('models.versionHint')}
            required
            maxLength={128}
            data-autofocus
            autoComplete="off"
            {...form.getInputProps('version')}
          />
          <Text size="sm" role="status">
            {form.values.version === (model.version ?? '')
              ? text('models.sameGeneration', { generation: model.generation })
              : text('models.newGeneration', { before: model.generation, after: model.generation + 1 })}
          </Text>
        </>
      )}
    />
  );
}
