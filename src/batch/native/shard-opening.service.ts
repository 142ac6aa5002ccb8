import { Injectable } from '@nestjs/common';
import { BudgetDirectory } from '../../budgets/budget-directory.service';
import { OwnerHoldsService } from '../../budgets/holds/owner-holds.service';
import { GatewayError } from '../../common/errors';
import { openingRow } from '../../ledger/ledger.service';
import { OwnersService } from '../../ledger/owners.service';
import { ShardCalls } from './shard-calls.service';
import { type LeasedShard, ShardsRepository } from './shards.repository';

/** Holds the money of shards and opens their attempts. */
@Injectable()
export class ShardOpening {
  constructor(
    private readonly shards: ShardsRepository,
    private readonly calls: ShardCalls,
    private readonly budgets: BudgetDirectory,
    private readonly holds: OwnerHoldsService,
    private readonly owners: OwnersService,
  ) {}

  /** @returns false where a budget has no room for the whole shard; that of a single line may be */
  async open(shard: LeasedShard): Promise<boolean> {
    const owner = await this.owners.register(shard.id);
    try {
      const { teamId, keyId } = shard;
      const charged = await this.holds.hold(owner, this.budgets.of({ teamId, keyId }), shard.worst_pusd, true);
      shard.charged = charged;
      const rows: string[] = [];
      for await (const { intent, open } of this.calls.all(shard)) rows.push(openingRow(intent, open));
      await this.shards.open(shard, charged, rows);
      return true;
    } catch (error) {
      if (error instanceof GatewayError && error.code !== 'unavailable') return false;
      throw error;
    }
  }
}
