import { Text, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { sharesQuery } from '../cache/shares-query';
import { ShareItems } from '../cache/share-list';
import { PageLink } from '../components/page-link';
import { QueryPart } from '../components/query-part';
import { useText } from '../i18n/use-text';

/** With which teams a team shares stored responses; for those who see all teams. */
export function TeamShares({ teamId }: { teamId: string }) {
  const text = useText();
  const shares = useQuery(sharesQuery);
  return (
    <section aria-labelledby="team-shares">
      <Title order={2} size="h3" mb="xs" id="team-shares">
        {text('teams.shares')}
      </Title>
      <QueryPart query={shares} height={48}>
        {({ data }) => {
          const own = data.filter(({ all, team_ids: ids }) => all || ids.includes(teamId));
          if (own.length > 0) return <ShareItems shares={own} />;
          return (
            <Text size="sm" c="dimmed">
              {text('teams.noShares')}
            </Text>
          );
        }}
      </QueryPart>
      <Text size="sm" mt={4}>
        <PageLink page="cache" search={{ team: teamId }}>
          {text('teams.toCache')}
        </PageLink>
      </Text>
    </section>
  );
}
