import { Select, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { CreatedKey } from '@thriftgate/contracts';
import { api } from '../api/client';
import { FormDialog } from '../components/form-dialog';
import { formatDay } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import type { KeyRow } from './key-rows';

const GRACES = ['0', '3600', '86400', '604800'] as const;

interface RotateKeyDialogProps {
  row: KeyRow;
  isOpen: boolean;
  onClose: () => void;
  onRotated: (key: CreatedKey) => void;
}

/** Replaces a key by a new one; the old one works for a while, so that applications can change over. */
export function RotateKeyDialog({ row: { key, lastDay }, isOpen, onClose, onRotated }: RotateKeyDialogProps) {
  const text = useText();
  const { language } = useLanguage();
  const client = useQueryClient();
  const send = async ({ grace }: { grace: string }) => {
    onRotated(await api.admin.keys.rotate(key.id, Number(grace)));
    void client.invalidateQueries({ queryKey: ['keys'] });
  };
  return (
    <FormDialog
      isOpen={isOpen}
      title={text('keys.rotateTitle', { name: key.name })}
      action={text('keys.rotate')}
      initial={{ grace: '86400' }}
      send={send}
      onClose={onClose}
      fields={(form) => (
        <>
          <Text size="sm">{text('keys.rotateLead')}</Text>
          {lastDay && (
            <Text size="sm">
              {text('keys.lastUsed')}: {formatDay(lastDay, language)}
            </Text>
          )}
          <Select
            label={text('keys.grace')}
            allowDeselect={false}
            data-autofocus
            data={GRACES.map((value) => ({ value, label: text(`keys.grace.${value}`) }))}
            {...form.getInputProps('grace')}
          />
        </>
      )}
    />
  );
}
