import type { NewAlert } from '../alerts/alert';
import type { AlertsService } from '../alerts/alerts.service';
import type { GatewayConfig } from '../config/gateway-config';
import type { Database } from '../database/database.connection';
import type { Budget } from './budget';
import type { BudgetDirectory } from './budget-directory.service';
import type { BudgetStatus, BudgetStatusService } from './budget-status.service';
import { BudgetRefusals } from './budget-refusals.service';
import { BudgetWatch } from './budget-watch.service';
import { BudgetExceededError } from './holds/budget-exceeded';
import { BudgetWindow } from './holds/budget-window';

const USD = 1_000_000_000_000n;
const START = Date.parse('2026-11-01T00:00:00Z');
const END = Date.parse('2026-12-01T00:00:00Z');
const at = (share: number) => START + (END - START) * share;

const BUDGET: Budget = {
  id: 'budget_1',
  teamId: 'team_1',
  keyId: 'key_1',
  limitPusd: 10n * USD,
  window: 'month',
  timezone: 'UTC',
  action: 'warn',
  downgradeTo: null,
  thresholds: [0.5, 0.8, 1],
};
const STATUS: BudgetStatus = {
  spentPusd: 0n,
  reservedPusd: 0n,
  window: { startMs: START, endMs: END },
  forecastPusd: null,
  forecastBand: null,
  forecastBasis: null,
  now: at(0.5),
};

describe('BudgetWatch', () => {
  const raised: NewAlert[] = [];
  let status: BudgetStatus;
  let budget: Budget;
  const config = { alerts: { forecast: true } };
  const refusals = new BudgetRefusals();
  const watch = new BudgetWatch(
    { all: () => [budget] } as Pick<BudgetDirectory, 'all'> as BudgetDirectory,
    { of: () => Promise.resolve([status]) } as Pick<BudgetStatusService, 'of'> as BudgetStatusService,
    refusals,
    { raise: (alert: NewAlert) => void raised.push(alert) } as Partial<AlertsService> as AlertsService,
    { beforeClose: () => undefined } as Partial<Database> as Database,
    config as Partial<GatewayConfig> as GatewayConfig,
  );

  beforeEach(() => {
    jest.useFakeTimers();
    raised.length = 0;
    budget = BUDGET;
    config.alerts.forecast = true;
  });
  afterEach(() => jest.useRealTimers());

  async function alertsFor(change: Partial<BudgetStatus>): Promise<NewAlert[]> {
    status = { ...STATUS, ...change };
    watch.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(5_000);
    jest.clearAllTimers();
    return raised;
  }

  it('N4: raises an alert a second after the first call that does not fit, and for the thresholds', async () => {
    const window = new BudgetWindow(
      { ...BUDGET, limitPusd: 10n * USD, action: 'block' },
      { startMs: START, endMs: END },
    );
    const refused = new BudgetExceededError(window, 12n * USD);
    status = { ...STATUS, spentPusd: 4n * USD };
    watch.onApplicationBootstrap();
    refusals.add(refused, 'key_9');
    refusals.add(refused, 'key_8');
    await jest.advanceTimersByTimeAsync(1_000);
    jest.clearAllTimers();
    expect(raised.map(({ kind, severity }) => [kind, severity])).toEqual([
      ['budget_exhausted', 'critical'],
      ['budget_threshold', 'critical'],
    ]);
    expect(raised[0]?.data).toMatchObject({ key_id: 'key_9', refused: 2, spent_usd: '4', needed_usd: '12' });
    expect(raised[1]?.data).toMatchObject({ share: 1 });
    refusals.prune(END);
  });

  it('N4: raises none where running calls only hold the money', async () => {
    const window = new BudgetWindow(BUDGET, { startMs: START, endMs: END });
    window.state = { spentPusd: 0n, leasedPusd: 10n * USD };
    refusals.add(new BudgetExceededError(window, 1n), 'key_9');
    expect(await alertsFor({})).toEqual([]);
  });

  it('raises an alert for the highest threshold that the spending has reached', async () => {
    expect(await alertsFor({ spentPusd: 8n * USD })).toEqual([
      {
        kind: 'budget_threshold',
        severity: 'warning',
        dedupeKey: `budget_threshold:budget_1:${START}:${10n * USD}:0.8`,
        teamId: 'team_1',
        data: {
          budget_id: 'budget_1',
          scope: 'key:key_1',
          limit_usd: '10',
          share: 0.8,
          spent_usd: '8',
          resets_at: '2026-12-01T00:00:00.000Z',
        },
      },
    ]);
  });

  it('raises a critical alert when the whole limit is spent', async () => {
    expect(await alertsFor({ spentPusd: 10n * USD })).toMatchObject([{ severity: 'critical', data: { share: 1 } }]);
  });

  it('raises no alert one pico-dollar below a threshold', async () => {
    expect(await alertsFor({ spentPusd: 5n * USD - 1n })).toEqual([]);
  });

  it('raises no alert before anything is spent, even if the limit is zero', async () => {
    budget = { ...BUDGET, limitPusd: 0n };
    expect(await alertsFor({ spentPusd: 0n })).toEqual([]);
  });

  it('raises an alert for a forecast above the limit', async () => {
    const forecastPusd = 10n * USD + 1n;
    expect(await alertsFor({ forecastPusd })).toMatchObject([
      { kind: 'budget_forecast', severity: 'warning', dedupeKey: `budget_forecast:budget_1:${START}:${10n * USD}` },
    ]);
  });

  it.each<[string, Partial<BudgetStatus>]>([
    ['equals the limit', { forecastPusd: 10n * USD }],
    ['is made in the first tenth of the window', { forecastPusd: 90n * USD, now: at(0.09) }],
    ['is made after the limit is spent', { forecastPusd: 90n * USD, spentPusd: 10n * USD }],
    ['is for a window without an end', { forecastPusd: 90n * USD, window: { startMs: 0, endMs: Infinity } }],
  ])('raises no alert for a forecast that %s', async (_, change) => {
    const alerts = await alertsFor(change);
    expect(alerts.filter(({ kind }) => kind === 'budget_forecast')).toEqual([]);
  });

  it('raises no alert for a forecast if gateway.yaml turns them off', async () => {
    config.alerts.forecast = false;
    expect(await alertsFor({ forecastPusd: 90n * USD })).toEqual([]);
  });
});
