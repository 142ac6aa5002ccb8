import { waterfallSteps } from './waterfall-steps';

const NONE = { cache: '0', coalesced: '0', dedupe: '0', batch: '0', prompt_cache: '0', routing: '0' };
const total = (facts: object) => ({
  requests: 10,
  list_cost_usd: '100',
  cost_usd: '40',
  saved_usd: '60',
  saved_by: NONE,
  ...facts,
});

describe('the way from the list price to what was paid', () => {
  it('takes the savings away one after the other, the greatest first', () => {
    const steps = waterfallSteps(total({ saved_by: { ...NONE, batch: '20', cache: '40' } }));
    expect(steps).toEqual([
      { id: 'list', kind: 'sum', usd: '100', start: 0, length: 1 },
      { id: 'cache', kind: 'saving', usd: '40', start: 0.6, length: 0.4 },
      { id: 'batch', kind: 'saving', usd: '20', start: 0.4, length: expect.closeTo(0.2) },
      { id: 'paid', kind: 'sum', usd: '40', start: 0, length: 0.4 },
    ]);
  });

  it('names what has no source, so that it always arrives at the amount that was paid', () => {
    const steps = waterfallSteps(total({ saved_by: { ...NONE, cache: '50.5' } }));
    expect(steps.map(({ id, usd }) => `${id} ${usd}`)).toEqual(['list 100', 'cache 50.5', 'rest 9.5', 'paid 40']);
  });

  it('has only the two ends without calls, and bars that end at the list price where more was paid', () => {
    const free = waterfallSteps(total({ list_cost_usd: '0', cost_usd: '0', saved_usd: '0' }));
    expect(free.map(({ id, length }) => [id, length])).toEqual([
      ['list', 1],
      ['paid', 0],
    ]);
    const dearer = waterfallSteps(total({ cost_usd: '120', saved_usd: '-20', saved_by: { ...NONE, routing: '-20' } }));
    expect(dearer.every(({ start, length }) => start >= 0 && start + length <= 1)).toBe(true);
  });
});
