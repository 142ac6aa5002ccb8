import { Clock } from '../../common/clock';
import { type Owner, OwnerEndedError } from '../../common/owner';
import type { Budget } from '../budget';
import type { OwnerHold, OwnerLeasesRepository } from '../../ledger/leases/owner-leases.repository';
import { OwnerHoldsService } from './owner-holds.service';

const batch: Owner = { kind: 'batch', id: 'batch_1' };
const budget: Budget = {
  id: 'budget_1',
  teamId: 'team_1',
  keyId: null,
  limitPusd: 100n,
  window: 'total',
  timezone: 'UTC',
  action: 'block',
  downgradeTo: null,
  thresholds: [],
};

class SetClock extends Clock {
  nowMs = 0;
  override now(): number {
    return this.nowMs;
  }
}

describe('the hold of a batch', () => {
  const clock = new SetClock();
  const hold = jest.fn<Promise<OwnerHold>, Parameters<OwnerLeasesRepository['hold']>>();
  const leases = { hold } as Pick<OwnerLeasesRepository, 'hold'> as OwnerLeasesRepository;
  const holds = new OwnerHoldsService(leases, clock);
  const short = (spentPusd: bigint, leasedPusd: bigint): OwnerHold => ({
    short: { budget, startMs: 0 },
    state: { spentPusd, leasedPusd },
  });

  beforeEach(() => void hold.mockReset());

  it('is made once, in all current windows', async () => {
    hold.mockResolvedValue({ held: ['budget_1@0'] });
    expect(await holds.hold(batch, [budget], 50n, true)).toEqual(['budget_1@0']);
    expect(hold).toHaveBeenCalledTimes(1);
    expect(hold).toHaveBeenCalledWith(batch, [expect.objectContaining({ budget, startMs: 0 })], 50n, new Set());
  });

  it('is not made if no budget applies', async () => {
    expect([await holds.hold(batch, [], 50n, false), hold.mock.calls]).toEqual([[], []]);
  });

  it('may exceed budgets that only count the cost', async () => {
    hold.mockResolvedValue({ held: [] });
    const warning: Budget = { ...budget, id: 'budget_2', action: 'warn' };
    await holds.hold(batch, [budget, warning], 50n, true, 'budget_1');
    expect(hold.mock.calls[0]?.[3]).toEqual(new Set(['budget_1', 'budget_2']));
  });

  it('is refused at once if the rest of the budget is spent', async () => {
    hold.mockResolvedValue(short(60n, 0n));
    await expect(holds.hold(batch, [budget], 50n, true)).rejects.toMatchObject({ code: 'budget_exceeded' });
    expect(hold).toHaveBeenCalledTimes(1);
  });

  it('waits at most two seconds while money is only reserved', async () => {
    hold.mockResolvedValueOnce(short(0n, 60n)).mockResolvedValueOnce({ held: ['budget_1@0'] });
    expect(await holds.hold(batch, [budget], 50n, true)).toEqual(['budget_1@0']);
    hold.mockImplementation(() => {
      clock.nowMs += 1_500;
      return Promise.resolve(short(0n, 60n));
    });
    await expect(holds.hold(batch, [budget], 50n, true)).rejects.toMatchObject({
      code: 'budget_reserved',
      retryAfterSeconds: 1,
      members: { reserved_usd: '0.00000000006' },
    });
  });

  it('needs a known price, a database that responds and an owner that has not ended', async () => {
    await expect(holds.hold(batch, [budget], 50n, false)).rejects.toMatchObject({ code: 'model_not_allowed' });
    hold.mockRejectedValueOnce(new Error('away'));
    await expect(holds.hold(batch, [budget], 50n, true)).rejects.toMatchObject({ code: 'unavailable' });
    hold.mockRejectedValueOnce(new OwnerEndedError(batch));
    await expect(holds.hold(batch, [budget], 50n, true)).rejects.toThrow(OwnerEndedError);
  });
});
