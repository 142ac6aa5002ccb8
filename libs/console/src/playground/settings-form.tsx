import { Group, NumberInput, Select, Stack, Switch, TextInput } from '@mantine/core';
import { clearButton } from '../components/clear-button';
import { useText } from '../i18n/use-text';
import { CACHE_MODES } from './playground-request';
import type { usePlayground } from './use-playground';

const CACHE_TEXTS = {
  default: 'playground.cache.default',
  'no-cache': 'playground.cache.noCache',
  'no-store': 'playground.cache.noStore',
  neither: 'playground.cache.neither',
  ttl: 'playground.cache.ttl',
  's-maxage': 'playground.cache.maxAge',
} as const satisfies Record<(typeof CACHE_MODES)[number], string>;
const LONGEST_S = 365 * 24 * 3600;
const MOST_TOKENS = 1_000_000;

/** Who pays, which model or models, streaming and how the cache is used. */
export function SettingsForm({ state }: { state: ReturnType<typeof usePlayground> }) {
  const text = useText();
  const { draft, search, change, setTexts, models, teams, teamId } = state;
  const names = models.map(({ id }) => id);
  return (
    <Stack gap="sm">
      {teams.length > 0 && (
        <Select
          label={text('playground.team')}
          data={teams.map(({ id, name }) => ({ value: id, label: name }))}
          value={teamId ?? null}
          allowDeselect={false}
          searchable
          onChange={(team) => change({ team: team ?? undefined })}
        />
      )}
      <Group grow align="flex-start">
        <Select
          label={text('playground.model')}
          data={names}
          value={draft.model || null}
          allowDeselect={false}
          searchable
          onChange={(model) => change({ model: model ?? undefined })}
        />
        <Select
          label={text('playground.compare')}
          placeholder={text('playground.compareNone')}
          data={names.filter((name) => name !== draft.model)}
          value={search.compare ?? null}
          clearable
          clearButtonProps={clearButton(text('playground.compareStop'))}
          searchable
          onChange={(name) => change({ with: name ?? undefined })}
        />
      </Group>
      <Group grow align="flex-start">
        <Select
          label={text('playground.cache')}
          data={CACHE_MODES.map((mode) => ({ value: mode, label: text(CACHE_TEXTS[mode]) }))}
          value={draft.cacheMode}
          allowDeselect={false}
          onChange={(cache) => change({ cache: cache === 'default' ? undefined : (cache ?? undefined) })}
        />
        {draft.cacheMode === 'ttl' || draft.cacheMode === 's-maxage' ? (
          <NumberInput
            label={text('playground.seconds')}
            min={1}
            max={LONGEST_S}
            allowDecimal={false}
            value={draft.seconds}
            onChange={(seconds) => setTexts({ seconds: Number(seconds) || 1 })}
          />
        ) : (
          <TextInput
            label={text('playground.namespace')}
            value={draft.namespace}
            maxLength={1024}
            autoComplete="off"
            onChange={(event) => setTexts({ namespace: event.currentTarget.value })}
          />
        )}
      </Group>
      <Group grow align="flex-end">
        <NumberInput
          label={text('playground.maxTokens')}
          min={1}
          max={MOST_TOKENS}
          allowDecimal={false}
          value={draft.maxTokens}
          onChange={(tokens) => setTexts({ maxTokens: Number(tokens) || 1 })}
        />
        <Switch
          label={text('playground.stream')}
          mb={8}
          checked={draft.isStream}
          onChange={(event) => change({ stream: event.currentTarget.checked ? undefined : 'off' })}
        />
      </Group>
    </Stack>
  );
}
