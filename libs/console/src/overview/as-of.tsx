import { ActionIcon, Text } from '@mantine/core';
import { RefreshCw } from 'lucide-react';
import { useDisplay } from '../display/use-display';
import { formatDateTimeFull, formatTime } from '../format';
import { useText } from '../i18n/use-text';

/** Up to when the ledger was read, and a button that reads it again. */
export function AsOf({ asOf, onRefresh }: { asOf: string | undefined; onRefresh: () => void }) {
  const text = useText();
  const { timezone, language } = useDisplay();
  const at = asOf === undefined ? undefined : new Date(asOf);
  return (
    <>
      {at && (
        <Text size="xs" c="dimmed" className="numbers" title={formatDateTimeFull(at, timezone, language)}>
          {text('overview.asOf', { time: formatTime(at, timezone, language) })}
        </Text>
      )}
      <ActionIcon variant="subtle" color="gray" aria-label={text('overview.refresh')} onClick={onRefresh}>
        <RefreshCw size={16} aria-hidden />
      </ActionIcon>
    </>
  );
}
