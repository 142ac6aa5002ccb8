import { Badge, Button, Card, Code, Collapse, Group, Menu, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { PageLink } from '../components/page-link';
import { useDisplay } from '../display/use-display';
import { useMoney } from '../display/use-money';
import { addDecimal, formatCount, multiplyDecimal } from '../format';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import type { PageName } from '../routes/pages';
import { PAGES } from '../routes/pages';
import { adviceReason } from './advice-reason';
import { DISMISS_REASONS, type DismissReason, type Opportunity } from './use-dismissed';

interface AdviceCardProps {
  opportunity: Opportunity;
  /** Why it was put aside; undefined if it was not. */
  dismissed: DismissReason | undefined;
  onDismiss: (reason: DismissReason) => void;
  onRestore: () => void;
}

/** One opportunity: what it would save, what was seen, and the exact setting. */
export function AdviceCard({ opportunity, dismissed, onDismiss, onRestore }: AdviceCardProps) {
  const text = useText();
  const money = useMoney();
  const { language } = useDisplay();
  const [isOpen, { toggle }] = useDisclosure();
  const { kind, model, key_id: keyId, calls, cost_usd: cost, could_save_usd: saving, estimated } = opportunity;
  const reason = adviceReason(opportunity.reason);
  const page: PageName = kind === 'deferrable_traffic' ? 'batches' : 'cache';
  const mayOpen = useMay(PAGES[page].permission);
  const count = formatCount(calls, language);
  return (
    <Card withBorder padding="md">
      <Group justify="space-between" align="flex-start" gap="sm">
        <Stack gap={4} flex="1 1 280px">
          <Group gap="xs">
            <Text fw={600} fz="1rem" className="numbers">
              {text('savings.couldSave', { amount: money.cell(saving) })}
            </Text>
            {model !== null && <Code>{model}</Code>}
            {keyId !== null && <Code>{keyId}</Code>}
            {estimated && (
              <Badge variant="outline" color="gray" tt="none" radius="sm">
                {text('savings.estimated', { calls: count })}
              </Badge>
            )}
            {dismissed && (
              <Badge variant="outline" color="gray" tt="none" radius="sm">
                {text(`savings.dismiss.${dismissed}`)}
              </Badge>
            )}
          </Group>
          <Text size="sm">
            {text(kind === 'repeated_question' ? 'savings.repeated' : 'savings.deferrable', {
              calls: count,
              cost: money.cell(cost),
            })}{' '}
            {reason ? text(`savings.reason.${reason}`) : opportunity.reason}
          </Text>
        </Stack>
        <Group gap="xs">
          <Button variant="default" size="xs" onClick={toggle} aria-expanded={isOpen}>
            {text('savings.preview')}
          </Button>
          {dismissed ? (
            <Button variant="subtle" size="xs" onClick={onRestore}>
              {text('savings.restore')}
            </Button>
          ) : (
            <Menu position="bottom-end">
              <Menu.Target>
                <Button variant="subtle" size="xs">
                  {text('savings.dismiss')}
                </Button>
              </Menu.Target>
              <Menu.Dropdown>
                {DISMISS_REASONS.map((each) => (
                  <Menu.Item key={each} onClick={() => onDismiss(each)}>
                    {text(`savings.dismiss.${each}`)}
                  </Menu.Item>
                ))}
              </Menu.Dropdown>
            </Menu>
          )}
        </Group>
      </Group>
      <Collapse expanded={isOpen}>
        <Stack gap={4} pt="sm">
          <Text size="sm" lang={reason ? undefined : 'en'}>
            {reason ? text(`savings.setting.${reason}`) : opportunity.setting}
          </Text>
          <Text size="sm" c="dimmed" className="numbers">
            {text('savings.change', {
              before: money.cell(cost),
              after: money.cell(addDecimal(cost, multiplyDecimal(saving, '-1'))),
            })}
          </Text>
          {mayOpen && (
            <Text size="sm">
              <PageLink page={page} search={model === null ? {} : { model }}>
                {text(`savings.open.${page}`)}
              </PageLink>
            </Text>
          )}
        </Stack>
      </Collapse>
    </Card>
  );
}
