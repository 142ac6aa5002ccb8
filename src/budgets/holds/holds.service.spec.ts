import { Logger } from '@nestjs/common';
import { Clock } from '../../common/clock';
import type { Owner } from '../../common/owner';
import type { Database } from '../../database/database.connection';
import type { Journal } from '../../ledger/journal/journal.service';
import type { InstancesService } from '../../ledger/owners/instances.service';
import type { Budget } from '../budget';
import { HoldsService } from './holds.service';
import { FakeLeases } from './testing/fake-leases';

const HOUR_MS = 3_600_000;
const LIMIT = 1_000_000n;
const budget: Budget = {
  id: 'budget_1',
  teamId: 'team_1',
  keyId: null,
  limitPusd: LIMIT,
  window: 'hour',
  timezone: 'UTC',
  action: 'block',
  downgradeTo: null,
  thresholds: [],
};
const KEY = 'budget_1@3600';

class SetClock extends Clock {
  nowMs = HOUR_MS;
  override now(): number {
    return this.nowMs;
  }
}

describe('the hold of an attempt', () => {
  let leases: FakeLeases;
  let clock: SetClock;
  const closers: (() => Promise<void>)[] = [];

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    leases = new FakeLeases();
    clock = new SetClock();
  });
  afterEach(async () => {
    jest.restoreAllMocks();
    for (const close of closers.splice(0)) await close();
  });

  const start = (name = 'instance_1') => {
    const owner: Owner = { kind: 'instance', id: name };
    const instances = { isForgotten: false, declareDead: () => undefined as void, confirm: () => Promise.resolve() };
    const service = new HoldsService(
      leases.asRepository(),
      { owner } as Journal,
      { beforeClose: (closer: () => Promise<void>) => void closers.push(closer) } as Database,
      clock,
      Object.assign(instances, {
        onDeclaredDead: (listener: () => void) => void (instances.declareDead = listener),
      }) as Pick<InstancesService, 'isForgotten' | 'onDeclaredDead' | 'confirm'> as InstancesService,
    );
    service.onApplicationBootstrap();
    return { service, instances };
  };
  /** Ends the maximum wait of a caller. */
  const endWait = () => setTimeout(() => jest.spyOn(performance, 'now').mockReturnValue(Infinity), 20);

  it('is the worst-case cost until it ends with the cost of the attempt', async () => {
    const { service } = start();
    const hold = await service.take([budget], 100n, true);
    expect([hold.charged, service.heldPusd(KEY)]).toEqual([[KEY], 100n]);
    const free = service.freePusd(KEY);
    hold.end(30n, clock.nowMs);
    hold.end(30n, clock.nowMs);
    expect([service.heldPusd(KEY), service.freePusd(KEY)]).toEqual([0n, free + 70n]);
  });

  it('comes from a slice that is leased ahead, with few database queries', async () => {
    const { service } = start();
    for (let call = 0; call < 1_000; call += 1) (await service.take([budget], 100n, true)).end(10n, clock.nowMs);
    expect(leases.queries).toBeLessThan(20);
  });

  it('never exceeds the limit together with those of concurrent calls in several instances', async () => {
    const services = [start('instance_1'), start('instance_2'), start('instance_3')].map(({ service }) => service);
    let held = 0n;
    let most = 0n;
    const call = async (number: number) => {
      const pusd = BigInt(20_000 + (number % 7) * 10_000);
      const hold = await services[number % 3]?.take([budget], pusd, true).catch(() => undefined);
      if (!hold) return false;
      held += pusd;
      if (held > most) most = held;
      return true;
    };
    const taken = await Promise.all(
      Array.from({ length: 100 }, (_, number) => {
        endWait();
        return call(number);
      }),
    );
    const { spentPusd, leasedPusd } = leases.stateOf(KEY);
    expect([most <= LIMIT, spentPusd + leasedPusd <= LIMIT]).toEqual([true, true]);
    expect(taken.filter(Boolean).length).toBeGreaterThan(10);
  });

  it('is refused at once if the rest of the budget is spent', async () => {
    leases.spend(KEY, 'instance_other', LIMIT - 50n);
    const { service } = start();
    await expect(service.take([budget], 100n, true)).rejects.toMatchObject({
      code: 'budget_exceeded',
      retryAfterSeconds: undefined,
      members: { budget_id: 'budget_1', spent_usd: '0.00000099995', reserved_usd: '0' },
    });
    expect((await service.take([budget], 50n, true)).charged).toEqual([KEY]);
  });

  it('waits while money is only reserved, until an attempt ends', async () => {
    const { service } = start();
    const first = await service.take([budget], LIMIT, true);
    const second = service.take([budget], 600_000n, true);
    setTimeout(() => first.end(100n, clock.nowMs), 20);
    expect((await second).pusd).toBe(600_000n);
  });

  it('N5: waits two seconds for reserved money, and then fails with 429 and Retry-After', async () => {
    const { service } = start();
    await service.take([budget], LIMIT, true);
    endWait();
    await expect(service.take([budget], 1n, true)).rejects.toMatchObject({
      code: 'budget_reserved',
      status: 429,
      retryAfterSeconds: 1,
      members: { reserved_usd: '0.000001' },
    });
  });

  it('is made in all budgets or in none', async () => {
    const small = { ...budget, id: 'budget_2', keyId: 'key_1', limitPusd: 10n };
    const { service } = start();
    await expect(service.take([budget, small], 100n, true)).rejects.toMatchObject({
      window: { budget: { id: 'budget_2' } },
    });
    expect(service.heldPusd(KEY)).toBe(0n);
    expect((await service.take([budget, small], 10n, true)).charged).toEqual([KEY, 'budget_2@3600']);
  });

  it('may exceed a budget that only warns, and a budget from which the call is excused', async () => {
    const { service } = start();
    const warning: Budget = { ...budget, id: 'budget_3', action: 'warn', limitPusd: 0n };
    const over = { ...budget, id: 'budget_4', limitPusd: 0n };
    const hold = await service.take([warning, over], 100n, true, 'budget_4');
    expect(hold.charged).toEqual(['budget_3@3600', 'budget_4@3600']);
    expect(leases.begun).toEqual(['budget_3@3600']);
  });

  it('needs a known price if a budget can refuse the call', async () => {
    const { service } = start();
    await expect(service.take([budget], 1n, false)).rejects.toMatchObject({
      code: 'model_not_allowed',
      param: 'model',
    });
    expect((await service.take([{ ...budget, action: 'warn' }], 1n, false)).charged).toEqual([KEY]);
  });

  it('uses the leased slice while the database is unavailable, and then fails', async () => {
    const { service } = start();
    const granted = (await service.take([budget], 100n, true)) && leases.grantedPusd(KEY, 'instance_1');
    leases.trouble = 'away';
    for (let rest = granted - 100n; rest >= 100n; rest -= 100n) await service.take([budget], 100n, true);
    endWait();
    await expect(service.take([budget], 100n, true)).rejects.toMatchObject({ code: 'unavailable' });
    leases.trouble = 'none';
    expect((await service.take([budget], 100n, true)).pusd).toBe(100n);
  });

  it('fails if the response to its lease is lost, and the lease is returned', async () => {
    const { service } = start();
    leases.trouble = 'responses lost';
    endWait();
    await expect(service.take([budget], 100n, true)).rejects.toMatchObject({ code: 'unavailable' });
    expect(leases.grantedPusd(KEY, 'instance_1')).toBeGreaterThan(0n);
    leases.trouble = 'none';
    await closers[0]?.();
    expect(leases.grantedPusd(KEY, 'instance_1')).toBe(0n);
  });

  it('is refused when other instances may have declared this one dead', async () => {
    const { service, instances } = start();
    await service.take([budget], 100n, true);
    expect(service.freePusd(KEY)).toBeGreaterThan(0n);
    instances.isForgotten = true;
    await expect(service.take([budget], 100n, true)).rejects.toMatchObject({ code: 'unavailable' });
    expect([service.freePusd(KEY), service.heldPusd(KEY)]).toEqual([0n, 100n]);
  });

  it('A19: is taken once the database has heard of this instance again, where the clock was set ahead', async () => {
    const { service, instances } = start();
    await service.take([budget], 100n, true);
    instances.isForgotten = true;
    instances.confirm = () => Promise.resolve(void (instances.isForgotten = false));
    await service.take([budget], 100n, true);
    expect(service.heldPusd(KEY)).toBe(200n);
  });

  it('is kept if the instance is declared dead, but the free part of its slice is not', async () => {
    const { service, instances } = start();
    const hold = await service.take([budget], 100n, true);
    instances.declareDead();
    expect(service.freePusd(KEY)).toBe(0n);
    hold.end(40n, clock.nowMs);
    await closers[0]?.();
    expect(leases.grantedPusd(KEY, 'instance_1')).toBe(40n);
  });

  it('ends in the window in which it began, while new calls use the next window', async () => {
    const { service } = start();
    const old = await service.take([budget], 100n, true);
    clock.nowMs += HOUR_MS;
    const { charged } = await service.take([budget], 100n, true);
    expect([charged, service.heldPusd(KEY)]).toEqual([['budget_1@7200'], 100n]);
    old.end(70n, clock.nowMs);
    await closers[0]?.();
    expect(leases.grantedPusd(KEY, 'instance_1')).toBe(70n);
  });

  it('leaves a slice that another instance can lease as soon as it needs it', async () => {
    const [idle, busy] = [start('instance_1'), start('instance_2')];
    (await idle.service.take([budget], 900_000n, true)).end(1n, clock.nowMs);
    const time = setInterval(() => (clock.nowMs += 50), 50);
    expect((await busy.service.take([budget], 950_000n, true)).pusd).toBe(950_000n);
    clearInterval(time);
    expect(leases.grantedPusd(KEY, 'instance_1')).toBe(1n);
  });
});
