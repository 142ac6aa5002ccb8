import type { AdminBatch, AdminBatchDetails } from '@thriftgate/contracts';
import { formatUsd } from '../../common/money';
import type { LineState } from '../../database/schema';
import type { Names } from '../../usage/reports/team-and-key-names.service';
import { toBatchObject } from '../batch';
import type { Batch } from '../batches.repository';
import type { ErrorGroup, StoredShard } from './admin-batches.repository';

/** A batch as `/v1/batches` shows it, with its team and key. */
export function batchToWire(batch: Batch, { teams, keys }: Names): AdminBatch {
  const { team_id: teamId, key_id: keyId } = batch;
  return {
    ...toBatchObject(batch),
    team_id: teamId,
    team_name: teams.get(teamId) ?? null,
    key_id: keyId,
    key_name: keys.get(keyId) ?? null,
  };
}

/** How the lines of a batch stand. */
export interface BatchProgress {
  counts: Partial<Record<LineState, number>>;
  shards: readonly StoredShard[];
  errors: ErrorGroup[];
}

export function detailsToWire(batch: AdminBatch, { counts, shards, errors }: BatchProgress): AdminBatchDetails {
  return {
    ...batch,
    lines: {
      pending: counts.pending ?? 0,
      running: counts.running ?? 0,
      sharded: counts.sharded ?? 0,
      same: counts.same ?? 0,
      done: counts.done ?? 0,
      failed: counts.failed ?? 0,
      cancelled: counts.cancelled ?? 0,
      expired: counts.expired ?? 0,
    },
    shards: shards.map((shard) => ({
      id: shard.id,
      provider: shard.provider,
      model: shard.model,
      upstream_model: shard.upstream_model,
      state: shard.state,
      lines: shard.lines,
      vendor_batch_id: shard.vendor_batch_id,
      vendor_status: shard.vendor_status,
      error: shard.error,
      worst_cost_usd: formatUsd(shard.worst_pusd),
      created_at: shard.created_at.toISOString(),
      ended_at: shard.ended_at?.toISOString() ?? null,
    })),
    errors_by_code: errors,
  };
}
