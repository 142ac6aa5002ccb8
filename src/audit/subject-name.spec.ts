import type { AuditEvent } from './audit-event';
import { idsOf, subjectName } from './subject-name';

const ULID = '01KAS5M8Z2Q6W9Y3T7N4B1C0DE';
const event = (members: Partial<AuditEvent>): AuditEvent => ({
  id: `audit_${ULID}`,
  seq: null,
  hash: null,
  actor: 'admin',
  action: 'key.updated',
  subject: null,
  team_id: null,
  before: null,
  after: null,
  details: {},
  createdAt: new Date(0),
  ...members,
});
const names = new Map([
  ['key_1', 'search'],
  ['team_1', 'Search team'],
]);

describe('the name of the subject of an audit event', () => {
  it('is that of the key or the team as it is now', () => {
    const renamed = event({ subject: 'key_1', before: { name: 'old' }, after: { name: 'older' } });
    expect(subjectName(renamed, names)).toBe('search');
    expect(subjectName(event({ action: 'team.updated', subject: 'team_1' }), names)).toBe('Search team');
  });

  it('is that of the key or the team of a budget', () => {
    const budget = (object: Record<string, unknown>) =>
      event({ action: 'budget.created', subject: `budget_${ULID}`, after: object });
    expect(subjectName(budget({ team_id: 'team_1', key_id: null }), names)).toBe('Search team');
    expect(subjectName(budget({ team_id: null, key_id: 'key_1' }), names)).toBe('search');
    expect(idsOf(budget({ team_id: 'team_1', key_id: null }))).toEqual(['team_1']);
  });

  it('is what the event says of an object without a name of its own', () => {
    const url = 'https://example.com/hook';
    const deleted = event({ action: 'webhook.deleted', subject: `webhook_${ULID}`, before: { url } });
    expect(subjectName(deleted, names)).toBe(url);
    const details = { kind: 'budget_threshold' };
    const acknowledged = event({ action: 'alert.acknowledged', subject: `alert_${ULID}`, details });
    expect(subjectName(acknowledged, names)).toBe('budget_threshold');
  });

  it('is null for models, which are names, and for what is not known', () => {
    const drifted = event({ action: 'model.drifted', subject: 'gpt-4.1', details: { model: 'gpt-4.1-2026-11-17' } });
    expect(subjectName(drifted, names)).toBeNull();
    expect(subjectName(event({ subject: 'key_2' }), names)).toBeNull();
    expect(subjectName(event({}), names)).toBeNull();
  });
});

describe('the ids by which an event is named', () => {
  it('are those of keys and teams, not words', () => {
    expect(idsOf(event({ actor: 'key_1', subject: 'team_1' }))).toEqual(['key_1', 'team_1']);
    expect(idsOf(event({ subject: 'gpt-4.1' }))).toEqual([]);
  });
});
