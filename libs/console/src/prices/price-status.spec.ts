import type { Price } from '@thriftgate/contracts';
import { priceStatuses } from './price-status';

const price = (id: string, facts: Partial<Price>) =>
  ({
    id,
    model: 'a',
    provider: null,
    team_id: null,
    multiplier: null,
    created_at: '2026-01-01T00:00:00Z',
    ...facts,
  }) as Price;

describe('whether a price applies', () => {
  it('is that of the latest that has begun, for each model, provider and team', () => {
    const statuses = priceStatuses(
      [
        price('old', { valid_from: '2026-01-01T00:00:00Z' }),
        price('now', { valid_from: '2026-10-01T00:00:00Z' }),
        price('next', { valid_from: '2026-12-01T00:00:00Z' }),
        price('of a team', { valid_from: '2026-01-01T00:00:00Z', team_id: 'team_1' }),
        price('factor', { valid_from: '2026-01-01T00:00:00Z', multiplier: '0.8' }),
      ],
      Date.parse('2026-11-29T00:00:00Z'),
    );
    expect(Object.fromEntries(statuses)).toEqual({
      old: 'replaced',
      now: 'in_force',
      next: 'planned',
      'of a team': 'in_force',
      factor: 'in_force',
    });
  });

  it('is that of the later entry of two from the same time', () => {
    const statuses = priceStatuses(
      [
        price('first', { valid_from: '2026-01-01T00:00:00Z' }),
        price('second', { valid_from: '2026-01-01T00:00:00Z', created_at: '2026-02-01T00:00:00Z' }),
      ],
      Date.parse('2026-11-29T00:00:00Z'),
    );
    expect(Object.fromEntries(statuses)).toEqual({ first: 'replaced', second: 'in_force' });
  });
});
