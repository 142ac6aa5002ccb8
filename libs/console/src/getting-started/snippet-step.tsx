import { Code, Group, Select, Stack, Tabs, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api } from '../api/client';
import { usualModel } from '../calls/usual-model';
import { CopyButton } from '../components/copy-button';
import { useText } from '../i18n/use-text';
import { useMay, useMe } from '../me/use-me';
import type { RawSearch } from '../routes/search';
import { usePageSearch } from '../routes/use-search';
import { snippets } from './snippets';

interface SnippetSearch {
  code: string | undefined;
  model: string | undefined;
}

const readSearch = ({ code, model }: RawSearch): SnippetSearch => ({
  code: typeof code === 'string' ? code : undefined,
  model: typeof model === 'string' ? model : undefined,
});

/** The call in each language, for the model that is chosen. */
export function SnippetStep({ baseUrl }: { baseUrl: string }) {
  const text = useText();
  const [search, change] = usePageSearch(readSearch);
  const { names, usual } = useModels();
  const model = search.model ?? usual;
  const all = snippets({ baseUrl, model });
  const shown = all.find(({ id }) => id === search.code) ?? all[0];
  return (
    <Stack gap="sm">
      {names.length > 0 && (
        <Select
          label={text('gettingStarted.model')}
          size="xs"
          maw={320}
          data={names}
          value={model}
          onChange={(value) => change({ model: value ?? undefined }, { replace: true })}
          searchable
          allowDeselect={false}
        />
      )}
      <Tabs
        value={shown?.id ?? null}
        onChange={(id) => change({ code: id ?? undefined }, { replace: true })}
        keepMounted={false}
      >
        <Tabs.List aria-label={text('gettingStarted.language')}>
          {all.map(({ id, name }) => (
            <Tabs.Tab key={id} value={id}>
              {name ?? text('gettingStarted.environment')}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {all.map(({ id, command, code }) => (
          <Tabs.Panel key={id} value={id} pt="sm">
            <Group justify="space-between" mb={4} mih={30}>
              {command === undefined ? (
                <Text size="sm" c="dimmed">
                  {id === 'environment' && text('gettingStarted.environmentLead')}
                </Text>
              ) : (
                <Code>{command}</Code>
              )}
              <CopyButton value={code} label={text('components.copy')} />
            </Group>
            <Code block tabIndex={0} data-snippet={id} fz="sm">
              {code}
            </Code>
          </Tabs.Panel>
        ))}
      </Tabs>
      <Text size="sm" c="dimmed">
        {text('gettingStarted.keyInEnvironment')} <Code>OPENAI_API_KEY</Code>
      </Text>
    </Stack>
  );
}

/** The models that the person may call, and the one that snippets have at first. */
function useModels(): { names: string[]; usual: string } {
  const me = useMe();
  const mayCall = useMay('playground:use');
  const teamId = me.team?.id;
  const { data } = useQuery({
    queryKey: ['playground-models', teamId],
    queryFn: ({ signal }) => api.admin.playground.models({ ...(teamId && { team_id: teamId }), signal }),
    enabled: mayCall && teamId !== undefined,
  });
  return { names: data?.data.map(({ id }) => id) ?? [], usual: usualModel(data?.data ?? []) };
}
