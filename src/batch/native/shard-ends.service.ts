import { Injectable } from '@nestjs/common';
import type { VendorBatch } from '@thriftgate/providers';
import type { NewAlert } from '../../alerts/alert';
import { AlertsService } from '../../alerts/alerts.service';
import { Clock } from '../../common/clock';
import { formatUsd } from '../../common/money';
import { OwnersService } from '../../ledger/owners.service';
import { ownerOf, ShardCalls } from './shard-calls.service';
import { ShardResults } from './shard-results.service';
import { type LeasedShard, type Leftover, ShardsRepository } from './shards.repository';

/** Ends shards, and raises an alert where a vendor does not do what was planned. */
@Injectable()
export class ShardEnds {
  constructor(
    private readonly shards: ShardsRepository,
    private readonly calls: ShardCalls,
    private readonly results: ShardResults,
    private readonly owners: OwnersService,
    private readonly alerts: AlertsService,
    private readonly clock: Clock,
  ) {}

  /**
   * Ends a shard: lines without a result run as live calls or end, and what is held is free.
   *
   * @param notRun why the vendor has not run lines that now cost the full price; undefined where the vendor is not the cause
   */
  async end(shard: LeasedShard, how: Leftover, notRun: string | undefined): Promise<void> {
    const alert = how === 'pending' && notRun !== undefined ? await this.notRun(shard, notRun) : undefined;
    await this.results.close(shard, how);
    await this.owners.end(ownerOf(shard));
    const raised = await this.shards.end(shard, async (transaction) => alert && this.alerts.record(alert, transaction));
    if (raised) this.alerts.publish(raised);
  }

  /** Raises an alert for a status of a vendor that is not known, once a day. */
  watch({ id, batch_id: batchId, provider }: LeasedShard, batch: VendorBatch): void {
    if (batch.isKnownStatus) return;
    const { status, id: vendorBatchId } = batch;
    const day = new Date(this.clock.now()).toISOString().slice(0, 10);
    this.alerts.raise({
      kind: 'batch_status_unknown',
      severity: 'warning',
      dedupeKey: `batch_status_unknown:${provider}:${status}:${day}`,
      teamId: null,
      data: { batch_id: batchId, shard_id: id, provider, status, vendor_batch_id: vendorBatchId },
    });
  }

  /** Raises an alert for a shard that several batches of its vendor could be. */
  doubt({ id, batch_id: batchId, teamId, provider, model, lines }: LeasedShard): void {
    this.alerts.raise({
      kind: 'batch_in_doubt',
      severity: 'critical',
      dedupeKey: `batch_in_doubt:${id}`,
      teamId,
      data: { team_id: teamId, batch_id: batchId, provider, model, lines },
    });
  }

  private async notRun(shard: LeasedShard, message: string): Promise<NewAlert | undefined> {
    const { lines, morePusd } = await this.calls.moreLive(shard);
    if (lines === 0) return undefined;
    const { id, batch_id: batchId, teamId, provider, model } = shard;
    const data = { team_id: teamId, batch_id: batchId, provider, model, lines, more_usd: formatUsd(morePusd), message };
    return { kind: 'batch_not_run', severity: 'warning', dedupeKey: `batch_not_run:${id}`, teamId, data };
  }
}
