import type { NewAlert } from '../alerts/alert';
import type { AlertsService } from '../alerts/alerts.service';
import { Clock } from '../common/clock';
import type { RemainingCredit } from './credit';
import type { CreditDirectory } from './credit-directory.service';
import { CreditWatch } from './credit-watch.service';
import type { CreditsRepository } from './credits.repository';
import type { CreditsService, CreditStatus } from './credits.service';

const NOW = Date.parse('2026-11-23T09:00:00Z');
const DAY_MS = 24 * 3_600_000;
const USD = 1_000_000_000_000n;

class SetClock extends Clock {
  override now(): number {
    return NOW;
  }
}

const credit = (id: string, remainingPusd: bigint, days: number | null): RemainingCredit => ({
  id,
  kind: 'grant',
  amountPusd: 10n * USD,
  expiredPusd: 0n,
  remainingPusd,
  expiresAt: days === null ? null : new Date(NOW + days * DAY_MS),
  note: null,
  createdAt: new Date(0),
});

const STATUS: CreditStatus = {
  prepaid: true,
  balancePusd: 100n * USD,
  grantedPusd: 60n * USD,
  toppedUpPusd: 50n * USD,
  expiredPusd: 10n * USD,
  usedPusd: 0n,
  credits: [],
};

describe('CreditWatch', () => {
  const raised: NewAlert[] = [];
  const expired: string[] = [];
  let status: CreditStatus;
  let ending: string[];
  let prepaid: string[];
  let watch: CreditWatch;

  beforeEach(() => {
    jest.useFakeTimers();
    raised.length = 0;
    expired.length = 0;
    ending = [];
    prepaid = [];
    const credits: Pick<CreditsService, 'expire' | 'status'> = {
      expire: async (teamId) => void expired.push(teamId),
      status: () => Promise.resolve(status),
    };
    const repository: Pick<CreditsRepository, 'teamsWithCreditsEnding'> = {
      teamsWithCreditsEnding: () => Promise.resolve(ending),
    };
    watch = new CreditWatch(
      credits as CreditsService,
      repository as CreditsRepository,
      { prepaidTeams: () => prepaid } as Pick<CreditDirectory, 'prepaidTeams'> as CreditDirectory,
      { raise: (alert: NewAlert) => void raised.push(alert) } as Partial<AlertsService> as AlertsService,
      new SetClock(),
    );
  });
  afterEach(() => jest.useRealTimers());

  async function alerts(change: Partial<CreditStatus>): Promise<NewAlert[]> {
    status = { ...STATUS, ...change };
    watch.onApplicationBootstrap();
    await jest.advanceTimersByTimeAsync(1);
    return raised;
  }

  it('expires credits and warns of those that expire within a week', async () => {
    ending = ['team_1'];
    const credits = [
      credit('soon', 3n * USD, 6),
      credit('later', 3n * USD, 8),
      credit('used', 0n, 1),
      credit('ended', 3n * USD, -1),
      credit('endless', 3n * USD, null),
    ];
    expect(await alerts({ credits })).toEqual([
      {
        kind: 'credit_expiring',
        severity: 'info',
        dedupeKey: 'credit_expiring:soon',
        teamId: 'team_1',
        data: { team_id: 'team_1', grant_id: 'soon', remaining_usd: '3', expires_at: '2026-11-29T09:00:00.000Z' },
      },
    ]);
    expect(expired).toEqual(['team_1']);
  });

  it.each([
    [20n * USD + 1n, undefined],
    [20n * USD, 0.2],
    [5n * USD + 1n, 0.2],
    [5n * USD, 0.05],
    [-1n, 0.05],
  ])('warns at a fifth and at a twentieth of the credits: balance %p', async (balancePusd, share) => {
    prepaid = ['team_1'];
    const found = await alerts({ balancePusd });
    expect(found.map(({ data }) => ('share' in data ? data.share : undefined))).toEqual(share ? [share] : []);
  });

  it('warns again after a top-up', async () => {
    prepaid = ['team_1'];
    await alerts({ balancePusd: 5n * USD });
    await alerts({ balancePusd: 5n * USD, toppedUpPusd: 60n * USD });
    expect(new Set(raised.map(({ dedupeKey }) => dedupeKey)).size).toBe(2);
  });

  it('does not warn of a team without credits', async () => {
    prepaid = ['team_1'];
    const none = { grantedPusd: 0n, toppedUpPusd: 0n, expiredPusd: 0n, balancePusd: 0n };
    expect(await alerts(none)).toEqual([]);
  });
});
