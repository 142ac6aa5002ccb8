import type { NewAuditEvent } from './audit-event';
import { teamOf } from './audit-team';

const event = (members: Partial<NewAuditEvent>): NewAuditEvent => ({
  actor: 'admin',
  action: 'key.updated',
  subject: 'x',
  ...members,
});

describe('the team of an audit event', () => {
  it('is that of the object, of the details, or the subject', () => {
    const team = { team_id: 'team_1' };
    expect(teamOf(event({ after: team, before: { team_id: 'team_0' } }))).toBe('team_1');
    expect(teamOf(event({ before: team }))).toBe('team_1');
    expect(teamOf(event({ details: team }))).toBe('team_1');
    expect(teamOf(event({ action: 'team.deleted', subject: 'team_1' }))).toBe('team_1');
    expect(teamOf(event({ action: 'session.started', teamId: 'team_1' }))).toBe('team_1');
    for (const action of ['batch.cancelled', 'file.uploaded', 'playground.called'] as const)
      expect(teamOf(event({ action, after: team }))).toBe('team_1');
  });

  it('is null for what concerns all, and for what is the platform’s', () => {
    expect(teamOf(event({ action: 'cache.invalidated', subject: 'gpt-4.1', details: { team_id: null } }))).toBeNull();
    for (const action of ['webhook.created', 'price.created', 'provider_key.created', 'settings.updated'] as const)
      expect(teamOf(event({ action, after: { team_id: 'team_1' }, teamId: 'team_1' }))).toBeNull();
  });
});
