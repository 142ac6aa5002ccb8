import { List, Stack, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { ApiKey } from '@thriftgate/contracts';
import { api } from '../api/client';
import { ConfirmAct } from '../components/confirm-act';
import { QueryPart } from '../components/query-part';
import { When } from '../components/when';
import { formatCount } from '../format';
import { useLanguage } from '../i18n/language-provider';
import { useText } from '../i18n/use-text';
import { keySubject } from './key-subject';

const MS_PER_HOUR = 3_600_000;
const SHOWN = 5;

/** Revokes a key; says before what called with it in the last hour. */
export function RevokeKeyDialog({ apiKey, isOpen, onClose }: { apiKey: ApiKey; isOpen: boolean; onClose: () => void }) {
  const text = useText();
  return (
    <ConfirmAct
      isOpen={isOpen}
      title={text('keys.revokeTitle', { name: apiKey.name })}
      action={text('keys.revoke')}
      subject={keySubject(apiKey.id)}
      act={(options) => api.admin.keys.revoke(apiKey.id, options)}
      done={() => text('keys.revoked', { name: apiKey.name })}
      reload={['keys']}
      onClose={onClose}
    >
      <Stack gap="xs">
        <Text size="sm">{text('keys.revokeLead')}</Text>
        <CallsOfLastHour apiKey={apiKey} />
      </Stack>
    </ConfirmAct>
  );
}

function CallsOfLastHour({ apiKey }: { apiKey: ApiKey }) {
  const text = useText();
  const { language } = useLanguage();
  const calls = useQuery({
    queryKey: ['keys', 'last-hour', apiKey.id],
    queryFn: async ({ signal }) => {
      const from = new Date(Date.now() - MS_PER_HOUR);
      const [usage, rows] = await Promise.all([
        api.admin.usage.get({ team_id: apiKey.team_id, key: [apiKey.id], from }, { signal }),
        api.admin.requests.list({ key_id: apiKey.id, from, limit: SHOWN }, { signal }),
      ]);
      return { requests: usage.total.requests, rows: rows.data };
    },
    staleTime: 0,
  });
  return (
    <QueryPart query={calls} height={48}>
      {({ requests, rows }) =>
        requests === 0 ? (
          <Text size="sm">{text('keys.noCallsLastHour')}</Text>
        ) : (
          <>
            <Text size="sm" fw={600}>
              {text('keys.callsLastHour', { count: formatCount(requests, language) })}
            </Text>
            <List size="sm">
              {rows.map(({ request_id: id, attempt, model, tags, created_at: at }) => (
                <List.Item key={`${id} ${attempt}`}>
                  <When at={at} as="ago" /> · {[model, ...tags].join(' · ')}
                </List.Item>
              ))}
            </List>
          </>
        )
      }
    </QueryPart>
  );
}
