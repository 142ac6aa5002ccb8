import { Button, Group, Radio, Select, Stack, TextInput } from '@mantine/core';
import { ErrorCard } from '../components/error-card';
import { useDisplay } from '../display/use-display';
import { zoneName } from '../format';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import type { Choice } from './invalidation';

interface ChoiceFormProps {
  choice: Choice;
  models: readonly string[];
  teams: readonly { id: string; name: string }[];
  isBusy: boolean;
  isReady: boolean;
  error: Error | null;
  onChange: (changes: Partial<Choice>) => void;
  onNext: () => void;
}

/** The first step: what to invalidate. All that is filled in must match. */
export function ChoiceForm({ choice, models, teams, isBusy, isReady, error, onChange, onNext }: ChoiceFormProps) {
  const text = useText();
  const { timezone, language } = useDisplay();
  const { team } = useMe();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        onNext();
      }}
    >
      <Stack gap="sm">
        {team === null && (
          <Radio.Group
            label={text('cache.what')}
            value={choice.scope}
            onChange={(scope) => onChange({ scope: scope === 'all' ? 'all' : 'some' })}
          >
            <Group gap="lg" mt={4}>
              <Radio value="some" label={text('cache.some')} />
              <Radio value="all" label={text('cache.everything')} />
            </Group>
          </Radio.Group>
        )}
        {choice.scope === 'some' && (
          <>
            <Select
              label={text('cache.model')}
              data={models}
              value={choice.model || null}
              clearable
              searchable
              onChange={(model) => onChange({ model: model ?? '' })}
            />
            <TextInput
              label={text('cache.version')}
              description={text('cache.versionHint')}
              value={choice.version}
              autoComplete="off"
              onChange={(event) => onChange({ version: event.currentTarget.value })}
            />
            {team === null && teams.length > 0 && (
              <Select
                label={text('cache.team')}
                data={teams.map(({ id, name }) => ({ value: id, label: name }))}
                value={choice.teamId || null}
                clearable
                searchable
                onChange={(teamId) => onChange({ teamId: teamId ?? '' })}
              />
            )}
            <TextInput
              label={text('cache.tag')}
              value={choice.tag}
              autoComplete="off"
              onChange={(event) => onChange({ tag: event.currentTarget.value })}
            />
            <TextInput
              label={text('cache.key')}
              description={text('cache.keyHint')}
              value={choice.key}
              autoComplete="off"
              onChange={(event) => onChange({ key: event.currentTarget.value })}
            />
            <TextInput
              type="date"
              label={text('cache.before', { zone: zoneName(timezone, language, new Date()) })}
              value={choice.before}
              onChange={(event) => onChange({ before: event.currentTarget.value })}
            />
          </>
        )}
        {error && <ErrorCard error={error} title={text('cache.failed')} />}
        <Group justify="flex-end">
          <Button type="submit" disabled={!isReady} loading={isBusy}>
            {text('cache.dryRun')}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
