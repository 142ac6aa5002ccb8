import { Injectable } from '@nestjs/common';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { PicoUsd } from '../common/money';
import type { Schema } from '../database/schema';

/** Money that moves from one account to another. */
export interface AccountTransfer {
  debit: string;
  credit: string;
  amountPusd: PicoUsd;
}

/** The account that a team's credits and calls are booked on. */
export function teamAccount(teamId: string): string {
  return `team:${teamId}`;
}

/** The sums of both sides of each account. The drain of the journal books calls; other features book through here. */
@Injectable()
export class AccountsRepository {
  /** Books both sides of a transfer. Accounts are locked in the order of their ids, so that transfers never deadlock. */
  async book({ debit, credit, amountPusd }: AccountTransfer, transaction: Transaction<Schema>): Promise<void> {
    await sql`
      INSERT INTO accounts AS kept (id, debits_pusd, credits_pusd)
      SELECT * FROM (VALUES
        (${debit}, ${amountPusd}::numeric, 0::numeric), (${credit}, 0::numeric, ${amountPusd}::numeric)
      ) AS sides (id, debit, credit)
      ORDER BY id
      ON CONFLICT (id) DO UPDATE SET
        debits_pusd = kept.debits_pusd + excluded.debits_pusd, credits_pusd = kept.credits_pusd + excluded.credits_pusd`.execute(
      transaction,
    );
  }

  /** The debits of an account less its credits. */
  async debitBalanceOf(account: string, db: Kysely<Schema>): Promise<PicoUsd> {
    const row = await db
      .selectFrom('accounts')
      .select(sql<string>`debits_pusd - credits_pusd`.as('balance'))
      .where('id', '=', account)
      .executeTakeFirst();
    return BigInt(row?.balance ?? 0);
  }
}
