import { Card, List, Text, Title } from '@mantine/core';
import type { CacheShareList } from '@thriftgate/contracts';
import { useTeamNames } from '../display/use-teams';
import { useText } from '../i18n/use-text';

/** Which teams get each other's stored responses. */
export function ShareList({ shares }: { shares: CacheShareList }) {
  const text = useText();
  return (
    <Card withBorder padding="md">
      <Title order={2} size="h4" mb="xs">
        {text('cache.shares')}
      </Title>
      {shares.data.length === 0 && (
        <Text size="sm" c="dimmed">
          {text('cache.noShares')}
        </Text>
      )}
      <ShareItems shares={shares.data} />
    </Card>
  );
}

/** Shares by name, with their teams and models. */
export function ShareItems({ shares }: { shares: CacheShareList['data'] }) {
  const text = useText();
  const nameOf = useTeamNames();
  return (
    <List size="sm" spacing={4}>
      {shares.map(({ id, name, all, team_ids: ids, models }) => (
        <List.Item key={id}>
          <Text component="span" size="sm" fw={600}>
            {name}
          </Text>
          {': '}
          {all ? text('shell.allTeams') : ids.map(nameOf).join(', ')}
          {models && (
            <Text component="span" size="sm" c="dimmed">
              {` · ${models.join(', ')}`}
            </Text>
          )}
        </List.Item>
      ))}
    </List>
  );
}
