import type { Scope } from '../common/caller';
import { GatewayError } from '../common/errors';
import type { Budget } from './budget';

type Owned = Pick<Budget, 'teamId' | 'keyId'>;

/** Whether a caller may see a budget. */
export function isVisible(budget: Pick<Owned, 'teamId'>, { teamId }: Scope): boolean {
  return teamId === undefined || budget.teamId === teamId;
}

/**
 * A team admin limits the keys of the team; what the whole team may spend is the platform's to say.
 *
 * @throws GatewayError `forbidden` for a budget of the whole team
 */
export function requireWritable({ keyId }: Pick<Owned, 'keyId'>, { teamId }: Scope): void {
  if (teamId === undefined || keyId !== null) return;
  const message = 'The budget of a whole team is set by a platform admin. Team admins set those of keys: send key_id.';
  throw new GatewayError('forbidden', { message });
}
