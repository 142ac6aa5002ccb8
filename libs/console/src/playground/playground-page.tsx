import { Alert, Button, Card, Group, Stack, Text, Textarea } from '@mantine/core';
import { CircleDollarSign } from 'lucide-react';
import { type KeyboardEvent, useState } from 'react';
import { EmptyState } from '../components/empty-state';
import { ErrorCard } from '../components/error-card';
import { IS_MAC } from '../components/is-mac';
import { PageTitle } from '../components/page-title';
import { useNumbers } from '../display/use-numbers';
import { useText } from '../i18n/use-text';
import { useMay } from '../me/use-me';
import { CodeDialog } from './code-dialog';
import classes from './playground.module.css';
import { requestOf } from './playground-request';
import { RunCard } from './run-card';
import { SettingsForm } from './settings-form';
import { usePlayground } from './use-playground';
import { type Run, useRuns } from './use-run';
import { Verdict } from './verdict';

/** Asks a model, shows what it cost, and that the same question again costs nothing. */
export function PlaygroundPage() {
  const text = useText();
  const { exactUsd } = useNumbers();
  const state = usePlayground();
  const { draft, search, model, modelsQuery, teamId, teamName, setTexts } = state;
  const [first, second] = [useRuns(), useRuns()];
  const [isCodeOpen, setCodeOpen] = useState(false);
  const mayUse = useMay('playground:use');
  const isBusy = [...first.runs, ...second.runs].some(({ isRunning }) => isRunning);
  const isReady = mayUse && draft.model !== '' && draft.prompt.trim() !== '';
  const isSimulated = model?.gateway.providers.every((name) => name === 'simulator') ?? false;

  const send = () => {
    if (!isReady || isBusy) return;
    void first.send(requestOf(draft), teamId);
    if (search.compare !== undefined) void second.send(requestOf({ ...draft, model: search.compare }), teamId);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.nativeEvent.isComposing || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    send();
  };

  if (!mayUse) return <EmptyState title={text('playground.forbidden')} why={text('playground.forbiddenWhy')} />;
  return (
    <>
      <PageTitle title={text('playground.title')} lead={text('playground.lead')} />
      {modelsQuery.error && <ErrorCard error={modelsQuery.error} onRetry={() => void modelsQuery.refetch()} />}
      <div className={classes.columns}>
        <Card withBorder padding="md">
          <Stack gap="md">
            <SettingsForm state={state} />
            <Textarea
              label={text('playground.system')}
              autosize
              minRows={1}
              maxRows={6}
              value={draft.system}
              onChange={(event) => setTexts({ system: event.currentTarget.value })}
            />
            <Textarea
              label={text('playground.prompt')}
              placeholder={text('playground.promptHint')}
              autosize
              minRows={5}
              maxRows={16}
              value={draft.prompt}
              onChange={(event) => setTexts({ prompt: event.currentTarget.value })}
              onKeyDown={onKeyDown}
            />
            {first.runs.length === 0 && (
              <Alert variant="outline" color="gray" icon={<CircleDollarSign aria-hidden />} p="sm">
                {isSimulated
                  ? text('playground.simulated')
                  : text('playground.costs', {
                      team: teamName ?? '–',
                      input: model ? exactUsd(model.gateway.input_usd_per_mtok) : '–',
                      output: model ? exactUsd(model.gateway.output_usd_per_mtok) : '–',
                    })}
              </Alert>
            )}
            <Group justify="space-between">
              <Button variant="default" onClick={() => setCodeOpen(true)} disabled={draft.model === ''}>
                {text('playground.showCode')}
              </Button>
              {isBusy ? (
                <Button
                  variant="default"
                  onClick={() => {
                    first.cancel();
                    second.cancel();
                  }}
                >
                  {text('playground.stop')}
                </Button>
              ) : (
                <Button
                  onClick={send}
                  disabled={!isReady}
                  rightSection={<span aria-hidden>{IS_MAC ? '⌘↵' : 'Ctrl ↵'}</span>}
                >
                  {text('playground.send')}
                </Button>
              )}
            </Group>
          </Stack>
        </Card>
        <div className={classes.answers} aria-live="polite" aria-busy={isBusy}>
          {first.runs.length === 0 && <EmptyState title={text('playground.empty')} why={text('playground.emptyWhy')} />}
          <Side name={search.compare === undefined ? undefined : draft.model} runs={first.runs} />
          {search.compare !== undefined && <Side name={search.compare} runs={second.runs} />}
        </div>
      </div>
      <CodeDialog isOpen={isCodeOpen} request={requestOf(draft)} onClose={() => setCodeOpen(false)} />
    </>
  );
}

/** The responses of one model, the newest on top. */
function Side({ name, runs }: { name: string | undefined; runs: readonly Run[] }) {
  if (runs.length === 0) return null;
  return (
    <Stack gap="md" miw={0}>
      {name !== undefined && (
        <Text fw={600} ff="monospace" lang="en">
          {name}
        </Text>
      )}
      <Verdict runs={runs} />
      {runs.map((run, index) => (
        <RunCard key={run.id} run={run} isLatest={index === 0} />
      ))}
    </Stack>
  );
}
