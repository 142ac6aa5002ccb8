import { useLocalStorage } from '@mantine/hooks';
import type { SavingsReport } from '@thriftgate/contracts';
import { useCallback } from 'react';

export type Opportunity = SavingsReport['opportunities'][number];

export const DISMISS_REASONS = ['intended', 'too_small', 'later'] as const;
export type DismissReason = (typeof DISMISS_REASONS)[number];

/** What an opportunity is about, in every period. */
export const opportunityKey = ({ kind, reason, model, key_id: keyId }: Opportunity): string =>
  [kind, reason, model ?? '', keyId ?? ''].join(' ');

/** The opportunities that the person has put aside on this device, with the reason for each. */
export function useDismissed() {
  const [dismissed, set] = useLocalStorage<Record<string, DismissReason>>({
    key: 'thriftgate.dismissed-advice',
    defaultValue: {},
    getInitialValueInEffect: false,
  });
  const dismiss = useCallback(
    (opportunity: Opportunity, reason: DismissReason) =>
      set((before) => ({ ...before, [opportunityKey(opportunity)]: reason })),
    [set],
  );
  const restore = useCallback(
    (opportunity: Opportunity) =>
      set((before) =>
        Object.fromEntries(Object.entries(before).filter(([key]) => key !== opportunityKey(opportunity))),
      ),
    [set],
  );
  const reasonOf = (opportunity: Opportunity): DismissReason | undefined =>
    Object.hasOwn(dismissed, opportunityKey(opportunity)) ? dismissed[opportunityKey(opportunity)] : undefined;
  return { reasonOf, dismiss, restore };
}
