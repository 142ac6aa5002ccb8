import { Button, Card, Group, List, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { WebhookDelivery, WebhookDeliveryPage } from '@thriftgate/contracts';
import { KindName } from '../alerts/alerts-table';
import { api } from '../api/client';
import { QueryPart } from '../components/query-part';
import { SideDrawer } from '../components/side-drawer';
import { When } from '../components/when';
import { useLanguage } from '../i18n/language-provider';
import { StateBadge } from '../components/state-badge';
import { useText } from '../i18n/use-text';

const PAGE = 20;
const TONES = { pending: 'soon', delivered: 'good', failed: 'bad' } as const;

interface DeliveriesDrawerProps {
  webhookId: string | undefined;
  /** Where they were sent; undefined while it is loaded. */
  url: string | undefined;
  onClose: () => void;
}

/** What was sent to a webhook, with the result of each attempt. */
export function DeliveriesDrawer({ webhookId, url, onClose }: DeliveriesDrawerProps) {
  const text = useText();
  return (
    <SideDrawer isOpen={webhookId !== undefined} title={text('webhooks.deliveries')} onClose={onClose}>
      {url !== undefined && (
        <Text size="sm" c="dimmed" mb="sm">
          {url}
        </Text>
      )}
      {webhookId !== undefined && <Deliveries webhookId={webhookId} />}
    </SideDrawer>
  );
}

function Deliveries({ webhookId }: { webhookId: string }) {
  const text = useText();
  const deliveries = useInfiniteQuery({
    queryKey: ['webhooks', webhookId, 'deliveries'],
    queryFn: ({ pageParam, signal }) =>
      api.admin.webhooks.deliveries(webhookId, { limit: PAGE, ...(pageParam && { cursor: pageParam }) }, { signal }),
    initialPageParam: '',
    getNextPageParam: ({ next_cursor: next }: WebhookDeliveryPage) => next ?? undefined,
  });
  return (
    <QueryPart query={deliveries}>
      {({ pages }) => {
        const rows = pages.flatMap(({ data }) => data);
        if (rows.length === 0) return <Text c="dimmed">{text('webhooks.noDeliveries')}</Text>;
        return (
          <Stack gap="xs">
            {rows.map((delivery) => (
              <Delivery key={delivery.alert_id} delivery={delivery} />
            ))}
            {deliveries.hasNextPage && (
              <Button
                variant="default"
                loading={deliveries.isFetchingNextPage}
                onClick={() => void deliveries.fetchNextPage()}
              >
                {text('components.more')}
              </Button>
            )}
          </Stack>
        );
      }}
    </QueryPart>
  );
}

function Delivery({ delivery }: { delivery: WebhookDelivery }) {
  const text = useText();
  const { language } = useLanguage();
  const { kind, state, attempts, next_attempt_at: next } = delivery;
  return (
    <Card withBorder padding="sm">
      <Group justify="space-between" mb={4}>
        <Text size="sm" fw={600}>
          <KindName kind={kind} />
        </Text>
        <StateBadge tone={TONES[state]}>{text(`webhooks.delivery.${state}`)}</StateBadge>
      </Group>
      <Text size="sm">{delivery.text[language]}</Text>
      {attempts.length > 0 && (
        <>
          <Text size="xs" c="dimmed" mt="xs">
            {text('webhooks.attempts')}
          </Text>
          <List size="xs" type="ordered">
            {attempts.map(({ at, delivered, error }) => (
              <List.Item key={at}>
                <When at={at} /> ·{' '}
                {delivered ? text('webhooks.lastDelivered') : (error ?? text('webhooks.delivery.failed'))}
              </List.Item>
            ))}
          </List>
        </>
      )}
      {next !== null && (
        <Text size="xs">
          {text('webhooks.next')}: <When at={next} as="ago" />
        </Text>
      )}
    </Card>
  );
}
