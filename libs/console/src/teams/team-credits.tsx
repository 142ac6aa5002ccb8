import { Button, Group, SimpleGrid, Text, Title } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import type { Credits } from '@thriftgate/contracts';
import { useCreditsOfTeam } from './teams-query';
import { useAct } from '../components/use-act';
import { QueryPart } from '../components/query-part';
import { StatCard } from '../components/stat-card';
import { When } from '../components/when';
import { api } from '../api/client';
import { useMoney } from '../display/use-money';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { AddCreditDialog } from './add-credit-dialog';

const RELOADED = ['credits'];

/** What a team has paid or was given in advance, and whether it is refused once that is used up. */
export function TeamCredits({ teamId }: { teamId: string }) {
  const text = useText();
  const credits = useCreditsOfTeam(teamId);
  return (
    <section aria-labelledby="team-credits">
      <Title order={2} size="h3" mb="xs" id="team-credits">
        {text('teams.credits')}
      </Title>
      <QueryPart query={credits} height={96}>
        {(found) => <Balance credits={found} />}
      </QueryPart>
    </section>
  );
}

function Balance({ credits }: { credits: Credits }) {
  const text = useText();
  const { full: amount } = useMoney();
  const next = credits.credits.find(({ expires_at: at, remaining_usd: left }) => at !== null && left !== '0');
  const isUnused = credits.credits.length === 0 && !credits.prepaid;
  return (
    <>
      {isUnused ? (
        <Text size="sm" c="dimmed">
          {text('teams.noCredits')}
        </Text>
      ) : (
        <SimpleGrid cols={{ base: 1, xs: 3 }} spacing="sm">
          <StatCard
            label={text('teams.balance')}
            value={amount(credits.balance_usd)}
            note={text(credits.prepaid ? 'teams.prepaid' : 'teams.notPrepaid')}
          />
          <StatCard
            label={text('teams.topped')}
            value={amount(credits.topped_up_usd)}
            note={text('teams.granted', { amount: amount(credits.granted_usd) })}
          />
          <StatCard
            label={text('teams.used')}
            value={amount(credits.used_usd)}
            note={
              next && (
                <>
                  {text('teams.nextExpiry')} <When at={next.expires_at ?? ''} />
                </>
              )
            }
          />
        </SimpleGrid>
      )}
      <CreditActs credits={credits} />
    </>
  );
}

function CreditActs({ credits: { team_id: teamId, prepaid } }: { credits: Credits }) {
  const text = useText();
  const [isAdding, { open, close }] = useDisclosure();
  const change = useAct(() => api.admin.credits.update(teamId, { prepaid: !prepaid }), {
    done: () => text(prepaid ? 'teams.nowPostpaid' : 'teams.nowPrepaid'),
    reload: RELOADED,
  });
  if (!useMay('credits:write')) return null;
  return (
    <Group gap="xs" mt="xs">
      <Button size="xs" variant="default" onClick={open}>
        {text('teams.addCredit')}
      </Button>
      <Button size="xs" variant="default" loading={change.isPending} onClick={() => change.mutate(undefined)}>
        {text(prepaid ? 'teams.makePostpaid' : 'teams.makePrepaid')}
      </Button>
      <AddCreditDialog teamId={teamId} isOpen={isAdding} onClose={close} />
    </Group>
  );
}
