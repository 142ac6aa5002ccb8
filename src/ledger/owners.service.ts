import { Injectable } from '@nestjs/common';
import type { Owner } from '../common/owner';
import { LedgerDrain } from './drain/ledger-drain.service';
import { type OpenAttempt, reopened } from './ledger.service';
import { OwnersRepository } from './owners/owners.repository';
import { RecoveryService } from './owners/recovery.service';

/** An attempt that may have been opened by another instance. */
export interface ReopenedAttempt {
  open: OpenAttempt;
  customId: string | null;
}

/**
 * Batches as owners. What a batch holds and has open survives the instances that work for it, and ends with {@link end}
 * alone; any instance may settle its attempts meanwhile.
 */
@Injectable()
export class OwnersService {
  constructor(
    private readonly repository: OwnersRepository,
    private readonly drain: LedgerDrain,
    private readonly recovery: RecoveryService,
  ) {}

  /** Registers a batch, before it holds or opens anything. Doing it again does nothing more. */
  async register(batchId: string): Promise<Owner> {
    const owner: Owner = { kind: 'batch', id: batchId };
    await this.repository.register(owner);
    return owner;
  }

  /**
   * The attempts that the owner has open in the database, in the order of their keys. One that another instance opened a
   * moment ago, or opened and did not live to bring into the database, comes once its journal is drained.
   *
   * @param after the key of the last attempt of the page before
   */
  async openAttempts({ id }: Owner, after = '', limit = 1000): Promise<ReopenedAttempt[]> {
    await this.drain.flush();
    const rows = await this.repository.openRows(id, after, limit);
    return rows.map((row) => ({ open: reopened(row), customId: row.custom_id }));
  }

  /**
   * Ends a batch as an owner: attempts that are still open have an unknown end and keep their estimate, and what its hold did
   * not spend is free. What another instance has settled and not brought into the database corrects them when it comes.
   *
   * @returns how many attempts have an unknown end
   */
  async end({ id }: Owner): Promise<number> {
    await this.drain.flush();
    return this.recovery.reclaimAll(id);
  }
}
