import { ActionIcon, Button, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import type { AdminModel, ChangedModel } from '@thriftgate/contracts';
import { Plus, Trash2 } from 'lucide-react';
import { api } from '../api/client';
import { EditDialog } from '../components/edit-dialog';
import { FieldRow } from '../components/field-row';
import { FormDialog } from '../components/form-dialog';
import { useToast } from '../components/toast';
import { useText } from '../i18n/use-text';
import { type DeploymentValues, isRetargeted, sentDeployments, toValues } from './deployment-values';
import { modelSubject } from './model-subject';
import { useProviders } from './models-query';

interface Values extends Record<string, unknown> {
  name: string;
  deployments: DeploymentValues[];
}

interface DialogProps {
  isOpen: boolean;
  onClose: () => void;
}

/** Grows, and goes below the field before it where it would be too narrow. */
const FIELD = '1 1 8.5rem';
const EMPTY: DeploymentValues = { provider: null, model: '', priority: 1, weight: 1, max_parallel: '' };

/** A new model with its first deployments. */
export function NewModelDialog({ isOpen, onClose }: DialogProps) {
  const text = useText();
  const saved = useSaved();
  return (
    <FormDialog<Values>
      isOpen={isOpen}
      title={text('models.create.models')}
      action={text('models.save')}
      initial={{ name: '', deployments: [EMPTY] }}
      send={({ name, deployments }) =>
        api.admin.models.create({ name, deployments: sentDeployments(deployments) }).then(saved)
      }
      onClose={onClose}
      fields={(form) => (
        <>
          <TextInput
            label={text('models.name')}
            description={text('models.nameHint')}
            required
            autoComplete="off"
            data-autofocus
            {...form.getInputProps('name')}
          />
          <DeploymentList form={form} />
        </>
      )}
    />
  );
}

/** The deployments of a model. */
export function DeploymentsDialog({ model, isOpen, onClose }: DialogProps & { model: AdminModel }) {
  const text = useText();
  const saved = useSaved();
  return (
    <EditDialog<AdminModel, Values>
      isOpen={isOpen}
      title={text('models.deploymentsOf', { name: model.name })}
      action={text('models.save')}
      subject={modelSubject(model.name)}
      valuesOf={({ name, deployments }) => ({ name, deployments: toValues(deployments) })}
      send={({ deployments }, _, options) =>
        api.admin.models.update(model.name, { deployments: sentDeployments(deployments) }, options).then(saved)
      }
      onClose={onClose}
      fields={(form, before) => (
        <>
          <DeploymentList form={form} />
          <Text size="sm" role="status">
            {text(isRetargeted(before.deployments, form.values.deployments) ? 'models.newTarget' : 'models.sameTarget')}
          </Text>
        </>
      )}
    />
  );
}

/** What follows a change: the new generation in a message, and each deployment without a price. */
function useSaved() {
  const [text, toast] = [useText(), useToast()];
  const client = useQueryClient();
  return async ({ name, generation, warnings }: ChangedModel): Promise<void> => {
    await Promise.all(['models', 'deployments'].map((key) => client.invalidateQueries({ queryKey: [key] })));
    toast.done(text('models.saved', { name, generation }));
    for (const warning of warnings) toast.failed(warning);
  };
}

function DeploymentList({ form }: { form: UseFormReturnType<Values> }) {
  const text = useText();
  return (
    <>
      {form.values.deployments.map((_, index) => (
        <DeploymentFields key={index} form={form} index={index} />
      ))}
      {form.errors['deployments'] && (
        <Text size="sm" c="var(--bad)">
          {form.errors['deployments']}
        </Text>
      )}
      <Group>
        <Button
          size="xs"
          variant="default"
          leftSection={<Plus size={14} aria-hidden />}
          onClick={() => form.insertListItem('deployments', EMPTY)}
        >
          {text('models.addDeployment')}
        </Button>
      </Group>
    </>
  );
}

function DeploymentFields({ form, index }: { form: UseFormReturnType<Values>; index: number }) {
  const text = useText();
  const providers = useProviders().data?.data ?? [];
  const field = (name: keyof DeploymentValues) => form.getInputProps(`deployments.${index}.${name}`);
  return (
    <Stack gap={4} role="group" aria-label={text('models.deploymentNumber', { number: index + 1 })}>
      <Group align="flex-end" gap="xs">
        <Select
          flex={FIELD}
          label={text('models.provider')}
          data={providers.map(({ name }) => name)}
          searchable
          allowDeselect={false}
          {...field('provider')}
        />
        <TextInput
          flex={FIELD}
          label={text('models.upstreamModel')}
          autoComplete="off"
          data-autofocus={index === 0 || undefined}
          {...field('model')}
        />
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={text('models.removeDeployment', { number: index + 1 })}
          disabled={form.values.deployments.length === 1}
          onClick={() => form.removeListItem('deployments', index)}
        >
          <Trash2 size={16} aria-hidden />
        </ActionIcon>
      </Group>
      <FieldRow>
        <NumberInput label={text('models.priority')} min={0} allowDecimal={false} {...field('priority')} />
        <NumberInput label={text('models.weight')} min={0.01} {...field('weight')} />
        <NumberInput
          label={text('models.parallel')}
          min={1}
          allowDecimal={false}
          placeholder={text('models.unlimited')}
          {...field('max_parallel')}
        />
      </FieldRow>
    </Stack>
  );
}
