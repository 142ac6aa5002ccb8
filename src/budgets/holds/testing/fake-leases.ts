import type { PicoUsd } from '../../../common/money';
import type { Owner } from '../../../common/owner';
import { windowKey } from '../budget-window';
import { type Lease, type LeaseRequest, type LeasesRepository, share } from '../../../ledger/leases/leases.repository';
import type { WindowKey, WindowState } from '../../../ledger/leases/window-rows.repository';

interface FakeLease {
  grantedPusd: PicoUsd;
  usedPusd: PicoUsd;
}

/** Leases in memory, with the rule of the tables: all leases of a window together stay within the limit. */
export class FakeLeases {
  /** By window and owner. */
  private readonly leases = new Map<string, Map<string, FakeLease>>();
  private readonly wantedKeys = new Set<string>();
  readonly begun: string[] = [];
  /** `responses lost`: the query takes effect, but its response is lost. */
  trouble: 'none' | 'away' | 'responses lost' = 'none';
  queries = 0;

  /** A repository for several instances. */
  asRepository(): LeasesRepository {
    const repository: Pick<LeasesRepository, 'lease' | 'begin' | 'keep' | 'wanted' | 'states'> = {
      lease: (window, request) => this.respond(() => this.lease(window, request)),
      begin: ({ budget, startMs }) => this.respond(() => void this.begun.push(windowKey(budget.id, startMs))),
      keep: (window, owner, pusd) => this.respond(() => this.keep(window, owner, pusd)),
      wanted: () => this.respond(() => new Set(this.wantedKeys)),
      states: (windows) =>
        this.respond(() => new Map(windows.map((window) => [keyOf(window), this.stateOf(keyOf(window))]))),
    };
    return repository as LeasesRepository;
  }

  grantedPusd(key: string, ownerId: string): PicoUsd {
    return this.leases.get(key)?.get(ownerId)?.grantedPusd ?? 0n;
  }

  /** Counts a cost as the drain does when it writes a ledger row of the owner. */
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

  private lease(window: WindowKey, request: LeaseRequest): Lease {
    const key = keyOf(window);
    const state = this.stateOf(key);
    const grantedPusd = share(window.budget.limitPusd - state.spentPusd - state.leasedPusd, request);
    if (grantedPusd === 0n) this.wantedKeys.add(key);
    else this.leaseOf(key, request.owner.id).grantedPusd += grantedPusd;
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

  private async respond<T>(work: () => T): Promise<T> {
    this.queries += 1;
    await Promise.resolve();
    if (this.trouble === 'away') throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
    const result = work();
    if (this.trouble === 'responses lost') throw new Error('Connection terminated');
    return result;
  }
}

function keyOf({ budget, startMs }: WindowKey): string {
  return windowKey(budget.id, startMs);
}
