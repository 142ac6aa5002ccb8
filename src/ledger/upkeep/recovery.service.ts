import { Injectable } from '@nestjs/common';
import { LedgerRepository } from '../ledger.repository';
import { RefusalsService } from '../refusals/refusals.service';
import { mayPass } from '../refusals/write-failure';

/** Ends what stopped instances left open. An attempt that the database does not end is set aside and holds up no other. */
@Injectable()
export class RecoveryService {
  constructor(
    private readonly ledger: LedgerRepository,
    private readonly refusals: RefusalsService,
  ) {}

  /** Ends open attempts of stopped instances. @see LedgerRepository.closeAttempts */
  async closeAttempts(epochs: string[], keys: string[]): Promise<number> {
    try {
      return await this.ledger.closeAttempts(epochs, keys);
    } catch (error) {
      await this.throwUnlessRefused(error);
      return this.closeEach(epochs, keys);
    }
  }

  /** Ends an instance with its open attempts. @see LedgerRepository.closeEpoch */
  async close(epoch: string, journalLost = false): Promise<number> {
    try {
      return await this.ledger.closeEpoch(epoch, journalLost);
    } catch (error) {
      await this.throwUnlessRefused(error);
      const closed = await this.closeEach([epoch], await this.ledger.openAttempts([epoch]));
      return closed + (await this.ledger.closeEpoch(epoch, journalLost));
    }
  }

  private async closeEach(epochs: string[], keys: string[]): Promise<number> {
    let closed = 0;
    for (const key of keys) {
      try {
        closed += await this.ledger.closeAttempts(epochs, [key]);
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
