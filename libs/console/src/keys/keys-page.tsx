import { Button } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import type { CreatedKey } from '@thriftgate/contracts';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { teamsQuery } from '../api/teams-query';
import { PageLink } from '../components/page-link';
import { PageTitle } from '../components/page-title';
import { RateNote } from '../components/rate-note';
import { PeriodPicker } from '../components/period-picker';
import { QueryPart } from '../components/query-part';
import { Segments } from '../components/segments';
import { useDisplay } from '../display/use-display';
import { usePeriod } from '../display/use-period';
import { addDays, dateIn } from '../format';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import type { RawSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';
import { CreateKeyDialog } from './create-key-dialog';
import { IssuedKeyDialog } from './issued-key-dialog';
import { isShown, KEY_FILTERS, type KeyFilter, keyRows, UNUSED_DAYS } from './key-rows';
import { keysQuery, useUsageOfKeys } from './keys-query';
import { KeysTable } from './keys-table';

/** `key` is the one that has been looked for: it stands out. */
const readSearch = ({ show, key }: RawSearch): { show: KeyFilter; key: string | undefined } => ({
  show: KEY_FILTERS.find((filter) => filter === show) ?? 'active',
  key: typeof key === 'string' ? key : undefined,
});

/** The keys of a team: who uses them, what they cost, and how long they work. */
export function KeysPage() {
  const text = useText();
  const { teamId = '' } = useParams({ strict: false });
  const { timezone } = useDisplay();
  const period = usePeriod();
  const [{ show, key }, change] = usePageSearch(readSearch);
  const mayWrite = useMay('keys:write');
  const [isCreating, { open, close }] = useDisclosure();
  const [issued, setIssued] = useState<CreatedKey>();
  const team = useQuery(teamsQuery).data?.data.find(({ id }) => id === teamId);
  const keys = useQuery(keysQuery(teamId));
  const today = dateIn(timezone, new Date());
  const sums = useUsageOfKeys(teamId, period, timezone);
  const days = useUsageOfKeys(teamId, { from: addDays(today, 1 - UNUSED_DAYS), to: today }, timezone, true);
  return (
    <>
      <PageTitle
        title={text('shell.page.keys')}
        lead={
          <>
            <PageLink page="teams">{text('shell.page.teams')}</PageLink>
            {' › '}
            <PageLink page="team" params={{ teamId }}>
              {team?.name ?? teamId}
            </PageLink>
          </>
        }
      >
        <PeriodPicker />
        {mayWrite && (
          <Button size="xs" leftSection={<Plus size={14} aria-hidden />} onClick={open}>
            {text('keys.issue')}
          </Button>
        )}
      </PageTitle>
      <RateNote />
      <Segments
        mb="md"
        aria-label={text('components.filters')}
        value={show}
        onChange={(value) => change({ show: value === 'active' ? undefined : value })}
        data={KEY_FILTERS.map((value) => ({ value, label: text(`keys.show.${value}`) }))}
        data-filter
      />
      <QueryPart query={keys}>
        {({ data }) => (
          <KeysTable
            rows={keyRows(data, sums.data, days.data).filter((row) => isShown(row, show))}
            filter={show}
            soughtId={key}
            isStale={sums.isPlaceholderData}
            onRotated={setIssued}
          />
        )}
      </QueryPart>
      <CreateKeyDialog teamId={teamId} isOpen={isCreating} onClose={close} onIssued={setIssued} />
      <IssuedKeyDialog issued={issued} onSaved={() => setIssued(undefined)} />
    </>
  );
}
