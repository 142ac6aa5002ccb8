import { Button, Group, Select, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import type { CreatedKey } from '@thriftgate/contracts';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { teamsQuery } from '../api/teams-query';
import { PageLink } from '../components/page-link';
import { QueryPart } from '../components/query-part';
import { useDisplay } from '../display/use-display';
import { useText } from '../i18n/use-text';
import { CreateKeyDialog } from '../keys/create-key-dialog';
import { IssuedKeyDialog } from '../keys/issued-key-dialog';
import { useMe } from '../me/use-me';

/** Makes a key in place, for a team that the person may give keys to. */
export function KeyStep({ onIssued }: { onIssued: (keyId: string) => void }) {
  const text = useText();
  const { team } = useMe();
  const display = useDisplay();
  const [chosen, setChosen] = useState<string | null>(null);
  const [isCreating, { open, close }] = useDisclosure();
  const [issued, setIssued] = useState<CreatedKey>();
  const [madeName, setMadeName] = useState<string>();
  const query = useQuery(teamsQuery);
  const teams = query.data?.data ?? [];
  const teamId = chosen ?? display.teamId ?? team?.id ?? teams[0]?.id;
  const made = (key: CreatedKey) => {
    setIssued(key);
    setMadeName(key.name);
    onIssued(key.id);
  };
  if (teamId === undefined)
    return (
      <QueryPart query={query} height={36}>
        {() => (
          <Text size="sm">
            {text('gettingStarted.noTeam')} <PageLink page="teams">{text('shell.page.teams')}</PageLink>
          </Text>
        )}
      </QueryPart>
    );
  return (
    <Stack gap="xs">
      <Group align="flex-end" gap="xs">
        {teams.length > 1 && (
          <Select
            label={text('shell.team')}
            size="xs"
            data={teams.map(({ id, name }) => ({ value: id, label: name }))}
            value={teamId}
            onChange={setChosen}
            allowDeselect={false}
            searchable
          />
        )}
        <Button size="xs" leftSection={<KeyRound size={14} aria-hidden />} onClick={open}>
          {text('keys.issue')}
        </Button>
      </Group>
      {madeName !== undefined && issued === undefined && (
        <Text size="sm" role="status">
          {text('gettingStarted.made', { name: madeName })}
        </Text>
      )}
      <CreateKeyDialog teamId={teamId} isOpen={isCreating} onClose={close} onIssued={made} />
      <IssuedKeyDialog issued={issued} onSaved={() => setIssued(undefined)} />
    </Stack>
  );
}
