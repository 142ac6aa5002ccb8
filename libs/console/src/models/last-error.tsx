import { Text } from '@mantine/core';
import type { UpstreamHealth } from '@thriftgate/contracts';
import { PageLink } from '../components/page-link';
import { When } from '../components/when';
import { useText } from '../i18n/use-text';

/** What an upstream said last when it failed, with the request. */
export function LastError({ error }: { error: NonNullable<UpstreamHealth['last_error']> }) {
  const text = useText();
  return (
    <Text size="sm">
      {text('models.lastError')}: <When at={error.at} as="ago" /> ·{' '}
      {[error.status, error.code].filter(Boolean).join(' ')} · {error.message}{' '}
      {error.request_id !== null && (
        <PageLink page="requests" search={{ request: error.request_id }}>
          {text('models.toRequest')}
        </PageLink>
      )}
    </Text>
  );
}
