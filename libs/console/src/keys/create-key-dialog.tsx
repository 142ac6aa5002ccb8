import { Select } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { CreatedKey, KeyRole } from '@thriftgate/contracts';
import { api } from '../api/client';
import { FormDialog } from '../components/form-dialog';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { givenRoles } from './given-roles';
import { KeyFields, type KeyValues, sentFields } from './key-fields';

const MS_PER_DAY = 86_400_000;
const LIFETIMES = ['30', '90', '365', 'never'] as const;

interface NewKeyValues extends KeyValues {
  role: KeyRole;
  expires_at: (typeof LIFETIMES)[number];
}

interface CreateKeyDialogProps {
  teamId: string;
  isOpen: boolean;
  onClose: () => void;
  /** Gets the key with its secret, which no other response has. */
  onIssued: (key: CreatedKey) => void;
}

/** Issues a key. */
export function CreateKeyDialog({ teamId, isOpen, onClose, onIssued }: CreateKeyDialogProps) {
  const text = useText();
  const client = useQueryClient();
  const roles = givenRoles(useMe().role);
  const initial: NewKeyValues = { name: '', models: [], rpm_limit: '', role: 'member', expires_at: '365' };
  const send = async ({ role, expires_at: days, ...fields }: NewKeyValues) => {
    const expiresAt = days === 'never' ? null : new Date(Date.now() + Number(days) * MS_PER_DAY).toISOString();
    onIssued(await api.admin.keys.create(teamId, { ...sentFields(fields), role, expires_at: expiresAt }));
    void client.invalidateQueries({ queryKey: ['keys'] });
  };
  return (
    <FormDialog
      isOpen={isOpen}
      title={text('keys.issueTitle')}
      action={text('keys.issue')}
      initial={initial}
      send={send}
      onClose={onClose}
      fields={(form) => (
        <>
          <KeyFields form={form} />
          <Select
            label={text('keys.role')}
            description={text(`keys.roleHint.${form.values.role}`)}
            allowDeselect={false}
            data={roles.map((value) => ({ value, label: text(`shell.role.${value}`) }))}
            {...form.getInputProps('role')}
          />
          <Select
            label={text('keys.expires')}
            allowDeselect={false}
            data={LIFETIMES.map((value) => ({
              value,
              label: value === 'never' ? text('keys.never') : text('keys.inDays', { days: value }),
            }))}
            {...form.getInputProps('expires_at')}
          />
        </>
      )}
    />
  );
}
