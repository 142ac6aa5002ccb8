import type { PicoUsd } from '../../../common/money';
import type { Owner } from '../../../common/owner';
import { windowKey } from '../budget-window';
import { type Lease, type LeaseRequest, type LeasesRepository, share } from '../../../ledger/leases/leases.repository';
import type { WindowKey, WindowState } from '../../../ledger/leases/window-rows.repository';

interface FakeLease {
  grantedPusd: PicoUsd;
  usedPusd: PicoUsd;
}

/** The tables with the rule of the real ones: all leases of a window together stay within the limit. */
export class FakeLeases {
  /** By window and owner. */
  private readonly leases = new Map<string, Map<string, FakeLease>>();
  private readonly wantedKeys = new Set<string>();
  readonly begun: string[] = [];
  /** `answers lost`: what is asked for is done, and the answer does not come. */
  trouble: 'none' | 'away' | 'answers lost' = 'none';
  asked = 0;

  /** As several instances ask it. */
  asRepository(): LeasesRepository {
    const repository: Pick<LeasesRepository, 'lease' | 'begin' | 'keep' | 'wanted' | 'states'> = {
      lease: (window, wish) => this.answer(() => this.lease(window, wish)),
      begin: ({ budget, startMs }) => this.answer(() => void this.begun.push(windowKey(budget.id, startMs))),
      keep: (window, owner, pusd) => this.answer(() => this.keep(window, owner, pusd)),
      wanted: () => this.answer(() => new Set(this.wantedKeys)),
      states: (windows) =>
        this.answer(() => new Map(windows.map((window) => [keyOf(window), this.stateOf(keyOf(window))]))),
    };
    return repository as LeasesRepository;
  }

  grantedPusd(key: string, ownerId: string): PicoUsd {
    return this.leases.get(key)?.get(ownerId)?.grantedPusd ?? 0n;
  }

  /** What the drain counts when a row of an owner comes into the ledger. */
  spend(key: string, ownerId: string, pusd: PicoUsd): void {
    const lease = this.leaseOf(key, ownerId);
    lease.usedPusd += pusd;
  }

  stateOf(key: string): WindowState {
    const leases = [...(this.leases.get(key)?.values() ?? [])];
    return {
      spentPusd: leases.reduce((sum, { usedPusd }) => sum + usedPusd, 0n),
      leasedPusd: leases.reduce((sum, { grantedPusd, usedPusd }) => {
        return grantedPusd > usedPusd ? sum + grantedPusd - usedPusd : sum;
      }, 0n),
    };
  }

  private lease(window: WindowKey, wish: LeaseRequest): Lease {
    const key = keyOf(window);
    const state = this.stateOf(key);
    const grantedPusd = share(window.budget.limitPusd - state.spentPusd - state.leasedPusd, wish);
    if (grantedPusd === 0n) this.wantedKeys.add(key);
    else this.leaseOf(key, wish.owner.id).grantedPusd += grantedPusd;
    return { ...state, grantedPusd };
  }

  private keep(window: WindowKey, owner: Owner, grantedPusd: PicoUsd): void {
    this.leaseOf(keyOf(window), owner.id).grantedPusd = grantedPusd;
  }

  private leaseOf(key: string, ownerId: string): FakeLease {
    const leases = this.leases.get(key) ?? new Map<string, FakeLease>();
    this.leases.set(key, leases);
    const lease = leases.get(ownerId) ?? { grantedPusd: 0n, usedPusd: 0n };
    leases.set(ownerId, lease);
    return lease;
  }

  private async answer<T>(work: () => T): Promise<T> {
    this.asked += 1;
    await Promise.resolve();
    if (this.trouble === 'away') throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
    const result = work();
    if (this.trouble === 'answers lost') throw new Error('Connection terminated');
    return result;
  }
}

function keyOf({ budget, startMs }: WindowKey): string {
  return windowKey(budget.id, startMs);
}
