import { Injectable } from '@nestjs/common';
import { LedgerRepository } from '../ledger.repository';
import { RefusalsService } from '../refusals/refusals.service';
import { mayPass } from '../refusals/write-failure';
import { OwnersRepository } from './owners.repository';

/** Ends what owners left open: instances that stopped, and batches. An attempt that the database does not end is set aside and holds up no other. */
@Injectable()
export class RecoveryService {
  constructor(
    private readonly owners: OwnersRepository,
    private readonly ledger: LedgerRepository,
    private readonly refusals: RefusalsService,
  ) {}

  /** Ends open attempts of stopped instances. @see OwnersRepository.closeAttempts */
  async closeAttempts(instanceIds: string[], keys: string[]): Promise<number> {
    try {
      return await this.owners.closeAttempts(instanceIds, keys);
    } catch (error) {
      await this.throwUnlessRefused(error);
      return this.closeEach(instanceIds, keys);
    }
  }

  /** Ends an owner with its open attempts. @see OwnersRepository.reclaimAll */
  async reclaimAll(ownerId: string, journalLost = false): Promise<number> {
    try {
      return await this.owners.reclaimAll(ownerId, journalLost);
    } catch (error) {
      await this.throwUnlessRefused(error);
      const closed = await this.closeEach([ownerId], await this.owners.openKeys([ownerId]));
      return closed + (await this.owners.reclaimAll(ownerId, journalLost));
    }
  }

  private async closeEach(instanceIds: string[], keys: string[]): Promise<number> {
    let closed = 0;
    for (const key of keys) {
      try {
        closed += await this.owners.closeAttempts(instanceIds, [key]);
      } catch (error) {
        await this.throwUnlessRefused(error);
        await this.refusals.refuseEnd(key, error);
      }
    }
    return closed;
  }

  /** @throws the error where it is the database's and no row's */
  private async throwUnlessRefused(error: unknown): Promise<void> {
    if (mayPass(error) || !(await this.ledger.acceptsRows())) throw error;
  }
}
