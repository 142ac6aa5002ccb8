import { Clock } from '../common/clock';
import type { GatewayConfig } from '../config/gateway-config';
import type { ChangeFeed } from '../database/change-feed.service';
import type { Team } from '../teams/team';
import type { TeamsService } from '../teams/teams.service';
import type { Credit } from './credit';
import { type CreditTransfer, type CreditsRepository, TransferExistsError } from './credits.repository';
import { CreditsService, type NewCredit } from './credits.service';

const NOW = Date.parse('2026-11-23T09:00:00Z');
const DAY_MS = 24 * 3_600_000;
const inDays = (days: number) => new Date(NOW + days * DAY_MS);

class SetClock extends Clock {
  override now(): number {
    return NOW;
  }
}

const GRANT: NewCredit = {
  kind: 'grant',
  amountPusd: 500n,
  expiresAt: null,
  note: null,
  reference: 'invoice 7',
  actor: 'key_admin',
};

const team = (id: string): Team => ({ id, name: '', createdAt: new Date(0), updatedAt: new Date(0), deletedAt: null });

/** Transfers and the cost of calls in memory, with the constraints of the tables. */
class FakeCredits {
  transfers: (CreditTransfer & { at: Date })[] = [];
  usedPusd = 0n;
  prepaid = false;

  asRepository(): CreditsRepository {
    const repository: Partial<CreditsRepository> = {
      book: async (transfer, at) => {
        const isSame = (other: CreditTransfer) =>
          (transfer.reference !== null && other.reference === transfer.reference) ||
          (transfer.kind === 'expiry' && other.kind === 'expiry' && other.grantId === transfer.grantId);
        if (this.transfers.some(isSame)) throw new TransferExistsError();
        this.transfers.push({ ...transfer, at });
      },
      findByReference: (_teamId, reference) => {
        const found = this.transfers.find((transfer) => transfer.reference === reference);
        const row = found && { id: found.id, kind: found.kind, amount_pusd: found.amountPusd };
        return Promise.resolve(row as Awaited<ReturnType<CreditsRepository['findByReference']>>);
      },
      creditsOf: () => Promise.resolve(this.credits()),
      standingOf: () => Promise.resolve({ credits: this.credits(), usedPusd: this.usedPusd }),
      setPrepaid: async (_teamId, prepaid) => void (this.prepaid = prepaid),
      isPrepaid: () => Promise.resolve(this.prepaid),
    };
    return repository as CreditsRepository;
  }

  private credits(): Credit[] {
    const expired = (id: string) => this.transfers.find(({ kind, grantId }) => kind === 'expiry' && grantId === id);
    return this.transfers.flatMap(({ id, kind, amountPusd, expiresAt, note, at }) =>
      kind === 'expiry'
        ? []
        : { id, kind, amountPusd, expiredPusd: expired(id)?.amountPusd ?? 0n, expiresAt, note, createdAt: at },
    );
  }
}

describe('CreditsService', () => {
  let fake: FakeCredits;
  let created: (team: { id: string }) => Promise<void>;
  const announce = jest.fn(() => Promise.resolve());
  const config: { credits: GatewayConfig['credits'] } = { credits: { prepaid: false } };
  let credits: CreditsService;

  const serviceOn = (repository: CreditsRepository) => {
    const teams: Partial<TeamsService> = {
      get: (id) => Promise.resolve(team(id)),
      show: (id) => Promise.resolve(team(id)),
      onCreated: (listener) => void (created = listener as typeof created),
    };
    return new CreditsService(
      repository,
      { announce } as Pick<ChangeFeed, 'announce'> as ChangeFeed,
      teams as TeamsService,
      config as Partial<GatewayConfig> as GatewayConfig,
      new SetClock(),
    );
  };

  beforeEach(() => {
    announce.mockClear();
    config.credits = { prepaid: false };
    fake = new FakeCredits();
    credits = serviceOn(fake.asRepository());
    credits.onModuleInit();
  });

  it('adds up grants, top-ups, expiries and the cost of calls', async () => {
    await credits.book('team_1', { ...GRANT, reference: null });
    await credits.book('team_1', { ...GRANT, reference: null, kind: 'top_up', amountPusd: 200n });
    await credits.book('team_1', { ...GRANT, reference: null, amountPusd: 50n, expiresAt: inDays(-1) });
    fake.usedPusd = 30n;
    await credits.expire('team_1');
    expect(await credits.status('team_1')).toMatchObject({
      grantedPusd: 550n,
      toppedUpPusd: 200n,
      expiredPusd: 20n,
      usedPusd: 30n,
      balancePusd: 700n,
    });
  });

  it('shows a negative balance when calls cost more than the credits', async () => {
    await credits.book('team_1', GRANT);
    fake.usedPusd = 501n;
    const status = await credits.status('team_1');
    expect(status.balancePusd).toBe(-1n);
    expect(status.credits.map(({ remainingPusd }) => remainingPusd)).toEqual([0n]);
  });

  it('books a credit with a reference once', async () => {
    const first = await credits.book('team_1', GRANT);
    const again = await credits.book('team_1', GRANT);
    expect(again).toEqual(first);
    expect(fake.transfers).toHaveLength(1);
    expect(announce).toHaveBeenCalledTimes(1);
  });

  it.each([{ amountPusd: 501n }, { kind: 'top_up' as const }])(
    'refuses a reference that another credit has: %p',
    async (change) => {
      await credits.book('team_1', GRANT);
      const error = { code: 'conflict', param: 'reference' };
      await expect(credits.book('team_1', { ...GRANT, ...change })).rejects.toMatchObject(error);
      expect(fake.transfers).toHaveLength(1);
    },
  );

  it('takes back the unused rest of expired credits, once', async () => {
    const ended = await credits.book('team_1', {
      ...GRANT,
      reference: 'a',
      amountPusd: 100n,
      expiresAt: new Date(NOW),
    });
    await credits.book('team_1', { ...GRANT, reference: 'b', amountPusd: 100n, expiresAt: inDays(1) });
    fake.usedPusd = 40n;
    await credits.expire('team_1');
    await credits.expire('team_1');
    const expiries = fake.transfers.filter(({ kind }) => kind === 'expiry');
    expect(expiries).toEqual([
      expect.objectContaining({
        teamId: 'team_1',
        grantId: ended.id,
        amountPusd: 60n,
        reference: null,
        actor: 'gateway',
      }),
    ]);
    expect(announce).toHaveBeenCalledTimes(3);
  });

  it('does not take back an amount that calls have used', async () => {
    await credits.book('team_1', { ...GRANT, expiresAt: inDays(-1) });
    fake.usedPusd = 500n;
    await credits.expire('team_1');
    expect(fake.transfers).toHaveLength(1);
  });

  it('accepts that another instance took a credit back first', async () => {
    await credits.book('team_1', { ...GRANT, expiresAt: inDays(-1) });
    const repository = fake.asRepository();
    const before = await repository.standingOf('team_1');
    await credits.expire('team_1');
    repository.standingOf = () => Promise.resolve(before);
    await serviceOn(repository).expire('team_1');
    expect(fake.transfers.filter(({ kind }) => kind === 'expiry')).toHaveLength(1);
  });

  it('grants a new team the credits of gateway.yaml', async () => {
    config.credits = { prepaid: true, new_team_usd: '5', expires_after_days: 30 };
    await created({ id: 'team_1' });
    expect(fake.prepaid).toBe(true);
    expect(fake.transfers).toEqual([
      expect.objectContaining({
        kind: 'grant',
        amountPusd: 5_000_000_000_000n,
        expiresAt: inDays(30),
        reference: 'welcome',
      }),
    ]);
  });

  it('grants a new team nothing without credits in gateway.yaml', async () => {
    await created({ id: 'team_1' });
    expect(fake.prepaid).toBe(false);
    expect(fake.transfers).toEqual([]);
  });
});
