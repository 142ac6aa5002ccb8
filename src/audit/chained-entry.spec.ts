import { type ChainedEntry, hashOf, NO_HASH } from './chained-entry';

const ENTRY: ChainedEntry = {
  seq: 1,
  prev_hash: NO_HASH,
  id: 'audit_01KAS8F3G5H7J9K2M4N6P8Q1R3',
  created_at: '2026-11-23T09:00:00.000Z',
  actor: 'key_01KAS5M8Z2Q6W9Y3T7N4B1C0DE',
  action: 'budget.updated',
  subject: 'budget_1',
  team_id: '팀',
  before: { limit_usd: '5', thresholds: [0.5, 1] },
  after: { thresholds: [0.5, 1], limit_usd: '9' },
  details: {},
};

describe('the hash of an entry', () => {
  it('is SHA-256 of its canonical JSON, and never changes', () => {
    // Computed by another program: Python's json.dumps(entry, sort_keys=True, …) and hashlib.sha256.
    expect(hashOf(ENTRY)).toBe('b501da07e0573a3b2d54c7ad556d887278e783c75e3083ea7fd08cf9bdaf02e8');
  });

  it('is of the values, not of the order of their members', () => {
    const { seq, ...rest } = ENTRY;
    const reordered = { ...rest, before: { thresholds: [0.5, 1], limit_usd: '5' }, seq };
    expect(hashOf(reordered)).toBe(hashOf(ENTRY));
  });

  it.each([
    { seq: 2 },
    { prev_hash: 'a'.repeat(64) },
    { id: 'audit_2' },
    { created_at: '2026-11-23T09:00:00.000001Z' },
    { actor: 'admin' },
    { action: 'budget.created' },
    { subject: null },
    { team_id: null },
    { before: null },
    { after: { thresholds: [1, 0.5], limit_usd: '9' } },
    { details: { a: 1 } },
  ])('is another one with %j', (change) => {
    expect(hashOf({ ...ENTRY, ...change })).not.toBe(hashOf(ENTRY));
  });
});
