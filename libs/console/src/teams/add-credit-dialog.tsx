import { Select, TextInput } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import type { Credit } from '@thriftgate/contracts';
import { useState } from 'react';
import { api } from '../api/client';
import { FormDialog } from '../components/form-dialog';
import { useText } from '../i18n/use-text';

const KINDS = ['top_up', 'grant'] as const satisfies Credit['kind'][];

interface CreditValues extends Record<string, unknown> {
  kind: Credit['kind'];
  /** Dollars as typed. */
  amount_usd: string;
  reference: string;
  note: string;
}

// `crypto.randomUUID` is there over HTTPS alone.
const newReference = () => `console-${crypto.getRandomValues(new BigUint64Array(1)).join('')}`;

interface AddCreditDialogProps {
  teamId: string;
  isOpen: boolean;
  onClose: () => void;
}

/** Books a credit. With a reference, as the number of an invoice, the gateway books it once, however often it is sent. */
export function AddCreditDialog({ teamId, isOpen, onClose }: AddCreditDialogProps) {
  const text = useText();
  const client = useQueryClient();
  // A credit that is sent again after a lost answer is the same one.
  const [ownReference, setOwnReference] = useState(newReference);
  const send = async ({ kind, amount_usd: amount, reference, note }: CreditValues) => {
    const credit = {
      amount_usd: amount.trim(),
      reference: reference.trim() || ownReference,
      ...(note.trim() !== '' && { note: note.trim() }),
    };
    await (kind === 'grant' ? api.admin.credits.grant(teamId, credit) : api.admin.credits.topUp(teamId, credit));
    setOwnReference(newReference());
    await client.invalidateQueries({ queryKey: ['credits'] });
  };
  return (
    <FormDialog<CreditValues>
      isOpen={isOpen}
      title={text('teams.addCredit')}
      action={text('teams.bookCredit')}
      initial={{ kind: 'top_up', amount_usd: '', reference: '', note: '' }}
      isReady={({ amount_usd: amount }) => amount.trim() !== ''}
      send={send}
      onClose={onClose}
      fields={(form) => (
        <>
          <Select
            label={text('teams.creditKind')}
            allowDeselect={false}
            data={KINDS.map((value) => ({ value, label: text(`teams.creditKind.${value}`) }))}
            {...form.getInputProps('kind')}
          />
          <TextInput
            label={text('teams.creditAmount')}
            leftSection="$"
            inputMode="decimal"
            autoComplete="off"
            required
            data-autofocus
            {...form.getInputProps('amount_usd')}
          />
          <TextInput
            label={text('teams.creditReference')}
            description={text('teams.creditReferenceHint')}
            autoComplete="off"
            {...form.getInputProps('reference')}
          />
          <TextInput label={text('teams.creditNote')} autoComplete="off" {...form.getInputProps('note')} />
        </>
      )}
    />
  );
}
