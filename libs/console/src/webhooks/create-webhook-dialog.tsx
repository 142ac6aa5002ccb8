import { MultiSelect, Select, TextInput } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { AlertKind } from '@thriftgate/contracts';
import { ALERT_KINDS } from '../alerts/kinds';
import { api } from '../api/client';
import { teamsQuery } from '../api/teams-query';
import { FormDialog } from '../components/form-dialog';
import { useText } from '../i18n/use-text';

interface WebhookValues extends Record<string, unknown> {
  url: string;
  format: 'signed' | 'slack';
  kinds: AlertKind[];
  team_id: string | null;
}

interface CreateWebhookDialogProps {
  isOpen: boolean;
  onClose: () => void;
  /** Gets the secret of a webhook that signs, which no other response has. */
  onSecret: (secret: string) => void;
}

const INITIAL: WebhookValues = { url: '', format: 'signed', kinds: [], team_id: null };

export function CreateWebhookDialog({ isOpen, onClose, onSecret }: CreateWebhookDialogProps) {
  const text = useText();
  const client = useQueryClient();
  const teams = useQuery(teamsQuery).data?.data ?? [];
  const send = async ({ kinds, ...values }: WebhookValues) => {
    const { secret } = await api.admin.webhooks.create({ ...values, kinds: kinds.length === 0 ? null : kinds });
    if (secret !== null) onSecret(secret);
    void client.invalidateQueries({ queryKey: ['webhooks'] });
  };
  return (
    <FormDialog
      isOpen={isOpen}
      title={text('webhooks.create')}
      action={text('webhooks.save')}
      initial={INITIAL}
      send={send}
      onClose={onClose}
      fields={(form) => (
        <>
          <TextInput
            label={text('webhooks.url')}
            description={text('webhooks.urlHint')}
            placeholder="https://"
            type="url"
            required
            data-autofocus
            autoComplete="off"
            {...form.getInputProps('url')}
          />
          <Select
            label={text('webhooks.format')}
            allowDeselect={false}
            data={(['signed', 'slack'] as const).map((value) => ({ value, label: text(`webhooks.format.${value}`) }))}
            {...form.getInputProps('format')}
          />
          <MultiSelect
            label={text('webhooks.kinds')}
            description={text('webhooks.kindsHint')}
            data={ALERT_KINDS.map((value) => ({ value, label: text(`alerts.kind.${value}`) }))}
            searchable
            {...form.getInputProps('kinds')}
          />
          <Select
            label={text('shell.team')}
            placeholder={text('webhooks.allTeams')}
            data={teams.map(({ id, name }) => ({ value: id, label: name }))}
            searchable
            {...form.getInputProps('team_id')}
          />
        </>
      )}
    />
  );
}
