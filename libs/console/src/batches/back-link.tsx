import { Anchor, Group } from '@mantine/core';
import { ArrowLeft } from 'lucide-react';
import { useText } from '../i18n/use-text';

/** Leads back to the list of batches. */
export function BackLink({ onClick }: { onClick: () => void }) {
  const text = useText();
  return (
    <Anchor component="button" type="button" size="sm" mb="xs" onClick={onClick}>
      <Group gap={4} component="span">
        <ArrowLeft size={14} aria-hidden />
        {text('batches.all')}
      </Group>
    </Anchor>
  );
}
