import { ActionIcon, Button, Group, NumberInput, Select, Stack, Text, TextInput } from '@mantine/core';
import type { UseFormReturnType } from '@mantine/form';
import { useQueryClient } from '@tanstack/react-query';
import type { AdminModel } from '@thriftgate/contracts';
import { Plus, Trash2 } from 'lucide-react';
import { api } from '../api/client';
import { FormDialog } from '../components/form-dialog';
import { useToast } from '../components/toast';
import { useText } from '../i18n/use-text';
import { type DeploymentValues, isRetargeted, sentDeployments, toValues } from './deployment-values';
import { useProviders } from './models-query';

interface Values extends Record<string, unknown> {
  name: string;
  deployments: DeploymentValues[];
}

interface DeploymentsDialogProps {
  /** The model to change; a new one without it. */
  model?: AdminModel;
  isOpen: boolean;
  onClose: () => void;
}

const EMPTY: DeploymentValues = { provider: null, model: '', priority: 1, weight: 1, max_parallel: '' };

/** The deployments of a model, or a new model with its first ones. */
export function DeploymentsDialog({ model, isOpen, onClose }: DeploymentsDialogProps) {
  const [text, toast] = [useText(), useToast()];
  const client = useQueryClient();
  const send = async ({ name, deployments: values }: Values) => {
    const deployments = sentDeployments(values);
    const changed = await (model
      ? api.admin.models.update(model.name, { deployments })
      : api.admin.models.create({ name, deployments }));
    await Promise.all(['models', 'deployments'].map((key) => client.invalidateQueries({ queryKey: [key] })));
    toast.done(text('models.saved', { name: changed.name, generation: changed.generation }));
    for (const warning of changed.warnings) toast.failed(warning);
  };
  return (
    <FormDialog<Values>
      isOpen={isOpen}
      title={model ? text('models.deploymentsOf', { name: model.name }) : text('models.create.models')}
      action={text('models.save')}
      initial={{ name: model?.name ?? '', deployments: model ? toValues(model.deployments) : [EMPTY] }}
      send={send}
      onClose={onClose}
      fields={(form) => (
        <>
          {!model && (
            <TextInput
              label={text('models.name')}
              description={text('models.nameHint')}
              required
              autoComplete="off"
              {...form.getInputProps('name')}
            />
          )}
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
          {model && (
            <Text size="sm" role="status">
              {text(
                isRetargeted(model.deployments, form.values.deployments) ? 'models.newTarget' : 'models.sameTarget',
              )}
            </Text>
          )}
        </>
      )}
    />
  );
}

function DeploymentFields({ form, index }: { form: UseFormReturnType<Values>; index: number }) {
  const text = useText();
  const providers = useProviders().data?.data ?? [];
  const field = (name: keyof DeploymentValues) => form.getInputProps(`deployments.${index}.${name}`);
  return (
    <Stack gap={4} role="group" aria-label={text('models.deploymentNumber', { number: index + 1 })}>
      <Group wrap="nowrap" align="flex-end" gap="xs">
        <Select
          flex={1}
          label={text('models.provider')}
          data={providers.map(({ name }) => name)}
          searchable
          allowDeselect={false}
          {...field('provider')}
        />
        <TextInput flex={1} label={text('models.upstreamModel')} autoComplete="off" {...field('model')} />
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
      <Group wrap="nowrap" gap="xs">
        <NumberInput label={text('models.priority')} min={0} allowDecimal={false} {...field('priority')} />
        <NumberInput label={text('models.weight')} min={0.01} {...field('weight')} />
        <NumberInput
          label={text('models.parallel')}
          min={1}
          allowDecimal={false}
          placeholder={text('models.unlimited')}
          {...field('max_parallel')}
        />
      </Group>
    </Stack>
  );
}
