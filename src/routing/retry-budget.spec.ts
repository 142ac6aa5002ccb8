import { RetryBudget } from './retry-budget';

const takeAll = (budget: RetryBudget, id: string, nowMs: number) => {
  let taken = 0;
  while (budget.take(id, nowMs)) taken += 1;
  return taken;
};

describe('the retry budget of a deployment', () => {
  it('is a tenth of its calls of the last ten seconds', () => {
    const budget = new RetryBudget();
    for (let call = 0; call < 500; call += 1) budget.count('a', call * 10);
    expect(takeAll(budget, 'a', 5_000)).toBe(50);
    expect(takeAll(budget, 'a', 9_999)).toBe(0);
    expect(takeAll(budget, 'a', 16_000)).toBe(10);
  });

  it('is ten retries where there are few calls, each deployment for itself', () => {
    const budget = new RetryBudget();
    budget.count('a', 0);
    expect([takeAll(budget, 'a', 0), takeAll(budget, 'b', 0)]).toEqual([10, 10]);
  });
});
