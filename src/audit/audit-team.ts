import type { NewAuditEvent } from './audit-event';

/** What team admins may read of their team elsewhere, too; webhooks, prices and keys of providers are the platform's. */
const OF_TEAMS = /^(team|key|budget|credits?|cache|session|preferences|alert|batch|file|playground)\./;

/** The team that an event concerns: its admins see the event. Null for what concerns all teams, or is not theirs to see. */
export function teamOf({ action, subject, teamId, before, after, details }: NewAuditEvent): string | null {
  if (!OF_TEAMS.test(action)) return null;
  if (teamId !== undefined) return teamId;
  const named = [after, before, details].map((object) => object?.team_id).find((id) => typeof id === 'string');
  return (named as string | undefined) ?? (subject?.startsWith('team_') ? subject : null);
}
