import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/clock';
import { GatewayConfig } from '../../config/gateway-config';
import { Journal } from '../../ledger/journal/journal.service';
import { OwnersRepository } from '../../ledger/owners/owners.repository';
import { type LeasedShard, ShardsRepository } from './shards.repository';
import { APART_MS, type Found, LATEST_CREATION_MS, VendorBatches } from './vendor-batches.service';
import { VendorBatchError, type VendorSite } from './vendor-site';

/** A batch that is missing at its vendor is looked for over this time before it is created again. */
const LONGEST_DOUBT_MS = 60_000;

/** No creation is in doubt. */
const NONE = { creating_at: null, creating_by: null, missing_at: null, alone_at: null };

/** Notes creations before they begin, so that none is made again of which the vendor may have a batch. */
@Injectable()
export class ShardCreations {
  constructor(
    private readonly config: GatewayConfig,
    private readonly shards: ShardsRepository,
    private readonly vendors: VendorBatches,
    private readonly owners: OwnersRepository,
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /** Notes that a batch is about to be created. @returns false where another creation, which could not be told from it, is in doubt */
  async begin(shard: LeasedShard, { api }: VendorSite): Promise<boolean> {
    const by = this.journal.instanceId;
    const aloneAt = api.foundBy === 'count' ? `${shard.provider} ${shard.provider_key ?? ''}` : null;
    if (!(await this.shards.beginCreation(shard, by, aloneAt))) return false;
    Object.assign(shard, { creating_at: new Date(this.clock.now()), creating_by: by, missing_at: null });
    return true;
  }

  /** Notes that the request of a creation has ended without a batch. The vendor may make one of it all the same. */
  async failed(shard: LeasedShard, error: unknown): Promise<void> {
    const isSurelyNone = error instanceof VendorBatchError && !error.mayBeDone;
    await this.note(shard, isSurelyNone ? NONE : { creating_by: null });
  }

  /**
   * Looks for the batch of a creation that broke off. It is `none` once it has been missing for a while after its request ended.
   *
   * @returns `missing` where it may still come
   */
  async find(shard: LeasedShard, site: VendorSite, creatingAt: Date): Promise<Found | 'missing'> {
    const ageMs = this.clock.now() - creatingAt.getTime();
    // No batch could be both this shard's and that of a later creation: others need not wait for it.
    if (ageMs > APART_MS && shard.alone_at !== null) await this.note(shard, { alone_at: null });
    const found = await this.vendors.find(site, shard);
    if (found !== 'none') return found;
    if (ageMs < LATEST_CREATION_MS && (await this.isRequestOpen(shard))) return 'missing';
    const nowMs = this.clock.now();
    if (!shard.missing_at) await this.note(shard, { missing_at: new Date(nowMs) });
    if (nowMs - (shard.missing_at?.getTime() ?? nowMs) < this.doubtMs) return 'missing';
    await this.note(shard, NONE);
    return 'none';
  }

  /** How long a batch is looked for, in milliseconds. */
  get doubtMs(): number {
    return Math.min(2 * this.config.batch.pollIntervalMs, LONGEST_DOUBT_MS);
  }

  /** Whether a process may still be sending the request: one that has lost its lease, and not its life. */
  private async isRequestOpen({ creating_by: by }: LeasedShard): Promise<boolean> {
    return by !== null && this.owners.isRegistered(by);
  }

  private async note(shard: LeasedShard, values: Partial<LeasedShard>): Promise<void> {
    await this.shards.update(shard, values);
    Object.assign(shard, values);
  }
}
