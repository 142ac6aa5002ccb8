import { Badge, Button, Code, Text } from '@mantine/core';
import type { Price } from '@thriftgate/contracts';
import { useMemo, useState } from 'react';
import { api } from '../api/client';
import { useTeamNames } from '../display/use-teams';
import { ConfirmDialog } from '../components/confirm-dialog';
import { DataTable } from '../components/data-table';
import type { DataColumn } from '../components/data-table-columns';
import { EmptyState } from '../components/empty-state';
import { useAct } from '../components/use-act';
import { useDisplay } from '../display/use-display';
import { formatDateTime, formatDateTimeFull, formatUsd } from '../format';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { priceStatuses } from './price-status';

/** The prices that were set, the latest first; one that is not in force yet can be withdrawn. */
export function PriceHistory({ prices }: { prices: readonly Price[] }) {
  const text = useText();
  const teamOf = useTeamNames();
  const mayWrite = useMay('prices:write');
  const { language, timezone } = useDisplay();
  const [leaving, setLeaving] = useState<Price>();
  const statuses = useMemo(() => priceStatuses(prices, Date.now()), [prices]);
  const removal = useAct((id: string) => api.admin.prices.delete(id), {
    done: () => text('prices.withdrawn'),
    reload: ['prices'],
  });
  const rate = (name: 'input' | 'cached_input' | 'output'): DataColumn<Price> => ({
    id: name,
    header: text(`prices.rate.${name}`),
    isNumber: true,
    cell: ({ rates, multiplier }) => {
      if (rates) return formatUsd(rates[`${name}_usd_per_mtok`], language, { style: 'exact' });
      return name === 'input' && multiplier !== null ? text('prices.times', { multiplier }) : '–';
    },
  });
  const columns: DataColumn<Price>[] = [
    {
      id: 'model',
      header: text('prices.model'),
      cell: ({ model }) => (model === null ? text('prices.allModels') : <Code>{model}</Code>),
    },
    { id: 'scope', header: text('prices.scope'), cell: (price) => scopeOf(price) },
    {
      id: 'status',
      header: text('prices.status'),
      cell: ({ id }) => {
        const status = statuses.get(id) ?? 'replaced';
        return (
          <Badge variant="outline" color={status === 'in_force' ? 'accent' : 'gray'} tt="none" radius="sm">
            {text(`prices.status.${status}`)}
          </Badge>
        );
      },
    },
    {
      id: 'from',
      header: text('prices.from'),
      cell: ({ valid_from: from }) => (
        <span title={formatDateTimeFull(new Date(from), timezone, language)}>
          {formatDateTime(new Date(from), timezone, language)}
        </span>
      ),
    },
    rate('input'),
    rate('cached_input'),
    rate('output'),
    {
      id: 'source',
      header: text('prices.source'),
      cell: ({ source, note }) => (
        <>
          {text(`prices.source.${source}`)}
          {note !== null && (
            <Text size="xs" c="dimmed">
              {note}
            </Text>
          )}
        </>
      ),
    },
    ...(mayWrite ? [{ id: 'withdraw', header: '', cell: withdrawButton }] : []),
  ];
  return (
    <>
      <DataTable
        caption={text('prices.history')}
        columns={columns}
        rows={prices}
        rowId={({ id }) => id}
        empty={<EmptyState title={text('prices.empty')} why={text('prices.emptyLead')} />}
      />
      <ConfirmDialog
        isOpen={leaving !== undefined}
        title={text('prices.withdrawTitle')}
        action={text('prices.withdraw')}
        isBusy={removal.isPending}
        onConfirm={() => leaving && removal.mutate(leaving.id, { onSettled: () => setLeaving(undefined) })}
        onClose={() => setLeaving(undefined)}
      >
        <Text size="sm">{text('prices.withdrawLead', { model: leaving?.model ?? text('prices.allModels') })}</Text>
      </ConfirmDialog>
    </>
  );

  function scopeOf({ provider, team_id: teamId }: Price): string {
    const team = teamId === null ? null : teamOf(teamId);
    const parts = [team, provider].filter((part) => part !== null);
    return parts.length === 0 ? text('prices.everybody') : parts.join(' · ');
  }

  function withdrawButton(price: Price) {
    if (statuses.get(price.id) !== 'planned') return null;
    return (
      <Button size="compact-xs" variant="default" onClick={() => setLeaving(price)}>
        {text('prices.withdraw')}
      </Button>
    );
  }
}
