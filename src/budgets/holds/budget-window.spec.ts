import type { Budget } from '../budget';
import { BudgetWindow, windowKey } from './budget-window';

const HOUR_MS = 3_600_000;
const budget: Budget = {
  id: 'budget_1',
  teamId: 'team_1',
  keyId: null,
  limitPusd: 1_000n,
  window: 'hour',
  timezone: 'UTC',
  action: 'block',
  downgradeTo: null,
  thresholds: [],
};

describe('a budget window', () => {
  let window: BudgetWindow;

  beforeEach(() => void (window = new BudgetWindow(budget, { startMs: HOUR_MS, endMs: 2 * HOUR_MS })));

  const spend = (pusd: bigint) => {
    window.slice.grant(pusd);
    window.slice.hold(pusd);
    window.slice.settle(pusd, pusd);
  };

  it('has the key that ledger rows use', () => {
    expect(window.key).toBe('budget_1@3600');
    expect(windowKey('credits_team_1', 0)).toBe('credits_team_1@0');
  });

  it('covers the time from its start to before its end', () => {
    const times = [HOUR_MS - 1, HOUR_MS, 2 * HOUR_MS - 1, 2 * HOUR_MS];
    expect(times.map((time) => window.covers(time))).toEqual([false, true, true, false]);
  });

  it('fits a hold that its slice fits, and every hold if the budget only warns', () => {
    window.slice.grant(10n);
    expect([window.fits(10n), window.fits(11n)]).toEqual([true, false]);
    window.budget = { ...budget, action: 'warn' };
    expect(window.fits(10n ** 30n)).toBe(true);
  });

  it('expects spending at the highest measured rate, which decays', () => {
    expect(window.spentIn(15n, HOUR_MS)).toBe(0n);
    spend(100n);
    expect(window.spentIn(15n, HOUR_MS + 499)).toBe(0n);
    expect(window.spentIn(15n, HOUR_MS + 1_000)).toBe(1_500n);
    expect(window.spentIn(1n, HOUR_MS + 1_500)).toBe(87n);
    spend(1_000n);
    expect(window.spentIn(1n, HOUR_MS + 2_500)).toBe(1_000n);
  });

  it('has nothing free after it is closed, and is in doubt', () => {
    window.slice.grant(100n);
    window.slice.hold(40n);
    window.close();
    expect([window.slice.free, window.slice.held, window.inDoubt]).toEqual([0n, 40n, true]);
  });

  it('loses what is free when its limit shrinks, and keeps it when its limit grows', () => {
    window.slice.grant(100n);
    window.refused = { pusd: 1n, at: 0 };
    const larger = { ...budget, limitPusd: 2_000n };
    window.change(larger, HOUR_MS);
    expect([window.budget, window.slice.free, window.inDoubt, window.refused]).toEqual([
      larger,
      100n,
      false,
      undefined,
    ]);
    window.change({ ...budget, limitPusd: 1_999n }, HOUR_MS);
    expect([window.slice.free, window.inDoubt]).toEqual([0n, true]);
  });

  it('ends with the window of its changed budget', () => {
    window.change({ ...budget, window: 'day' }, HOUR_MS);
    expect(window.endMs).toBe(24 * HOUR_MS);
  });
});
