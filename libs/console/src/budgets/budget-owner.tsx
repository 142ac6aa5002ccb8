import { Text } from '@mantine/core';
import type { Budget } from '@thriftgate/contracts';
import { useText } from '../i18n/use-text';

/** The names of teams and keys by id; an id without a name stands for itself. */
export interface OwnerNames {
  teamOf: (id: string) => string;
  keys: ReadonlyMap<string, string>;
}

export const ownerName = ({ team_id: teamId, key_id: keyId }: Budget, { teamOf, keys }: OwnerNames): string => {
  const team = teamOf(teamId);
  return keyId === null ? team : `${team} · ${keys.get(keyId) ?? keyId}`;
};

/** Whose budget it is, and for which window. */
export function BudgetOwner({ budget, names }: { budget: Budget; names: OwnerNames }) {
  const text = useText();
  return (
    <>
      <Text size="sm" fw={600} miw={110}>
        {ownerName(budget, names)}
      </Text>
      <Text size="xs" c="dimmed">
        {text(`budgets.window.${budget.window}`)}
        {budget.key_id !== null && ` · ${text('budgets.ofKey')}`}
      </Text>
    </>
  );
}
