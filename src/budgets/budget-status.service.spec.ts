import { Clock } from '../common/clock';
import type { LedgerDrain } from '../ledger/drain/ledger-drain.service';
import type { ForecastService } from '../usage/watch/forecast.service';
import type { Budget } from './budget';
import { BudgetStatusService } from './budget-status.service';
import { windowKey } from './holds/budget-window';
import type { HoldsService } from './holds/holds.service';
import type { LeasesRepository } from '../ledger/leases/leases.repository';
import type { WindowState } from '../ledger/leases/window-rows.repository';

const NOW = Date.parse('2026-11-23T09:30:00Z');
const DAY_START = Date.parse('2026-11-23T00:00:00Z');

class SetClock extends Clock {
  override now(): number {
    return NOW;
  }
}

const DAILY: Budget = {
  id: 'budget_day',
  teamId: 'team_1',
  keyId: null,
  limitPusd: 1_000n,
  window: 'day',
  timezone: 'UTC',
  action: 'block',
  downgradeTo: null,
  thresholds: [],
};
const TOTAL: Budget = { ...DAILY, id: 'budget_total', keyId: 'key_1', window: 'total' };

describe('BudgetStatusService', () => {
  const steps: string[] = [];
  const states = new Map<string, WindowState>();
  const free = new Map<string, bigint>();
  const ofWindow = jest.fn<ReturnType<ForecastService['ofWindow']>, Parameters<ForecastService['ofWindow']>>();
  const statuses = new BudgetStatusService(
    {
      begin: async ({ budget }) => void steps.push(`begin ${budget.id}`),
      states: () => Promise.resolve(states),
    } as Pick<LeasesRepository, 'begin' | 'states'> as LeasesRepository,
    { freePusd: (key) => free.get(key) ?? 0n } as Pick<HoldsService, 'freePusd'> as HoldsService,
    { flush: async () => void steps.push('flush') } as Pick<LedgerDrain, 'flush'> as LedgerDrain,
    { ofWindow } as Pick<ForecastService, 'ofWindow'> as ForecastService,
    new SetClock(),
  );

  beforeEach(() => {
    steps.length = 0;
    states.clear();
    free.clear();
    ofWindow.mockReset().mockResolvedValue({ pusd: 900n, basis: 'run_rate', band: undefined });
  });

  it('reads the leases after the ledger has the latest calls and the windows have begun', async () => {
    await statuses.of([DAILY, TOTAL]);
    expect(steps).toEqual(['flush', 'begin budget_day', 'begin budget_total']);
  });

  it('counts what instances leased as reserved, less what is free in this instance', async () => {
    const key = windowKey(DAILY.id, DAY_START);
    states.set(key, { spentPusd: 300n, leasedPusd: 120n });
    free.set(key, 100n);
    expect(await statuses.of([DAILY])).toEqual([
      {
        spentPusd: 300n,
        reservedPusd: 20n,
        window: { startMs: DAY_START, endMs: DAY_START + 24 * 3_600_000 },
        forecastPusd: 900n,
        forecastBand: null,
        forecastBasis: 'run_rate',
        now: NOW,
      },
    ]);
    expect(ofWindow).toHaveBeenCalledWith({ teamId: 'team_1', keyId: null }, expect.anything(), 300n);
    // The instance leased more after the database was read.
    free.set(key, 130n);
    expect(await statuses.of([DAILY])).toMatchObject([{ reservedPusd: 0n }]);
  });

  it('makes no forecast for a window without an end', async () => {
    states.set(windowKey(TOTAL.id, 0), { spentPusd: 7n, leasedPusd: 0n });
    expect(await statuses.of([DAILY, TOTAL])).toMatchObject([
      { spentPusd: 0n, reservedPusd: 0n, forecastPusd: 900n },
      { spentPusd: 7n, forecastPusd: null, forecastBasis: null, window: { startMs: 0, endMs: Infinity } },
    ]);
    expect(ofWindow).toHaveBeenCalledTimes(1);
  });
});
