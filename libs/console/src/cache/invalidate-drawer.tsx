import { Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { InvalidateCache } from '@thriftgate/sdk';
import { useEffect, useRef, useState } from 'react';
import { api } from '../api/client';
import { SideDrawer } from '../components/side-drawer';
import { useDisplay } from '../display/use-display';
import { useText } from '../i18n/use-text';
import { useMe } from '../me/use-me';
import { ChoiceForm } from './choice-form';
import { bodyOf, type Choice, nameToType, startChoice } from './invalidation';
import { InvalidationDone } from './invalidation-done';
import { DryRunStep } from './dry-run-step';

interface InvalidateDrawerProps {
  isOpen: boolean;
  /** Chosen on the page. */
  model: string | undefined;
  models: readonly string[];
  teams: readonly { id: string; name: string }[];
  onClose: () => void;
}

/** Three steps: choose, see what would be lost, confirm. Nothing is invalidated before the last. */
export function InvalidateDrawer(props: InvalidateDrawerProps) {
  const text = useText();
  return (
    <SideDrawer isOpen={props.isOpen} title={text('cache.invalidateTitle')} onClose={props.onClose}>
      {/* Another model is another question. */}
      {props.isOpen && <Steps key={props.model} {...props} />}
    </SideDrawer>
  );
}

function Steps({ model, models, teams, onClose }: InvalidateDrawerProps) {
  const text = useText();
  const client = useQueryClient();
  const { timezone } = useDisplay();
  const { team } = useMe();
  const [choice, setChoice] = useState<Choice>(() => startChoice(model, team?.id));
  const body = bodyOf(choice, timezone);
  const dryRun = useMutation({
    mutationFn: (chosen: InvalidateCache) => api.admin.cache.invalidate({ ...chosen, dry_run: true }),
    gcTime: 0,
  });
  // What is invalidated is what the dry run has counted.
  const counted = dryRun.variables;
  const act = useMutation({
    mutationFn: (chosen: InvalidateCache) => api.admin.cache.invalidate(chosen),
    gcTime: 0,
    onSuccess: () => client.invalidateQueries({ queryKey: ['cache-stats'] }),
  });
  const teamName = team?.name ?? teams.find(({ id }) => id === choice.teamId)?.name;
  const step = act.data ? 3 : dryRun.data ? 2 : 1;
  const heading = useFocusAtNewStep(step);
  return (
    <>
      <Text ref={heading} tabIndex={-1} size="sm" c="dimmed" mb="sm" role="status">
        {text('cache.step', { step, name: text(STEPS[step]) })}
      </Text>
      {step === 1 && (
        <ChoiceForm
          choice={choice}
          models={models}
          teams={teams}
          isBusy={dryRun.isPending}
          isReady={body !== undefined}
          error={dryRun.error}
          onChange={(changes) => setChoice((old) => ({ ...old, ...changes }))}
          onNext={() => body && dryRun.mutate(body)}
        />
      )}
      {step === 2 && dryRun.data && (
        <DryRunStep
          found={dryRun.data}
          typeName={nameToType(choice, dryRun.data.invalidated_keys, teamName)}
          isBusy={act.isPending}
          error={act.error}
          onBack={() => {
            act.reset();
            dryRun.reset();
          }}
          onConfirm={() => counted && act.mutate(counted)}
        />
      )}
      {act.data && <InvalidationDone done={act.data} subject={choice.model || undefined} onClose={onClose} />}
    </>
  );
}

/** Moves the focus to the heading of a new step: the button that led there is gone. */
function useFocusAtNewStep(step: number) {
  const heading = useRef<HTMLParagraphElement>(null);
  const shown = useRef(step);
  useEffect(() => {
    if (shown.current !== step) heading.current?.focus();
    shown.current = step;
  }, [step]);
  return heading;
}

const STEPS = { 1: 'cache.step1', 2: 'cache.step2', 3: 'cache.step3' } as const;
