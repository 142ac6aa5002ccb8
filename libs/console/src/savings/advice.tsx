import { Button, Group, Stack, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useText } from '../i18n/use-text';
import { AdviceCard } from './advice-card';
import { type Opportunity, opportunityKey, useDismissed } from './use-dismissed';

/** So many are shown at first. */
const FIRST = 5;

/** What could be saved yet, the greatest first; those that were put aside are shown on demand. */
export function Advice({ opportunities }: { opportunities: readonly Opportunity[] }) {
  const text = useText();
  const { reasonOf, dismiss, restore } = useDismissed();
  const [showsAll, { toggle }] = useDisclosure();
  const aside = opportunities.filter((each) => reasonOf(each) !== undefined).length;
  const kept = showsAll ? opportunities : opportunities.filter((each) => reasonOf(each) === undefined);
  const [isLong, { open }] = useDisclosure();
  const shown = isLong ? kept : kept.slice(0, FIRST);
  return (
    <section aria-labelledby="advice">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h3" id="advice">
          {text('savings.advice')}
        </Title>
        {aside > 0 && (
          <Button variant="subtle" size="compact-sm" onClick={toggle} aria-pressed={showsAll}>
            {text(showsAll ? 'savings.hideDismissed' : 'savings.showDismissed', { count: aside })}
          </Button>
        )}
      </Group>
      {shown.length === 0 && <Text c="dimmed">{text('savings.noAdvice')}</Text>}
      <Stack gap="sm">
        {shown.map((opportunity) => (
          <AdviceCard
            key={opportunityKey(opportunity)}
            opportunity={opportunity}
            dismissed={reasonOf(opportunity)}
            onDismiss={(reason) => dismiss(opportunity, reason)}
            onRestore={() => restore(opportunity)}
          />
        ))}
        {shown.length < kept.length && (
          <Button variant="default" size="xs" onClick={open}>
            {text('savings.moreAdvice', { count: kept.length - shown.length })}
          </Button>
        )}
      </Stack>
    </section>
  );
}
