import { Injectable } from '@nestjs/common';
import type { JournalRecord } from '../journal/journal-record';
import { mendedRow } from '../journal/storable';
import { LedgerRepository } from '../ledger.repository';
import { RefusalsService } from '../refusals/refusals.service';
import { isDiskFull, mayPass } from '../refusals/write-failure';

/** How often a row alone may fail by what may pass, while the database takes others. */
const MOST_FAILURES = 10;

/** Writes what can be written of groups that the database refuses: a bad row never holds up the others. */
@Injectable()
export class RowWriter {
  private failing = { key: '', times: 0 };

  constructor(
    private readonly ledger: LedgerRepository,
    private readonly refusals: RefusalsService,
  ) {}

  /**
   * Writes the rows of a group that failed as a whole, in halves, down to the row that fails alone. That one is set aside.
   *
   * @param error what the group failed by
   * @throws it while the database takes no row at all; then the group is to be written again later
   */
  async writeApart(records: readonly JournalRecord[], error: unknown): Promise<void> {
    if (!(await this.ledger.acceptsRows())) throw error;
    await this.split(records, error);
  }

  private async write(records: readonly JournalRecord[]): Promise<void> {
    try {
      await this.ledger.write(records.map(({ json }) => json));
    } catch (error) {
      await this.split(records, error);
    }
  }

  private async split(records: readonly JournalRecord[], error: unknown): Promise<void> {
    const [record] = records;
    if (record && records.length === 1) return this.writeAlone(record, error);
    const middle = records.length >> 1;
    await this.write(records.slice(0, middle));
    await this.write(records.slice(middle));
  }

  private async writeAlone(record: JournalRecord, error: unknown): Promise<void> {
    if (mayPass(error)) {
      this.failing = { key: record.key, times: this.failing.key === record.key ? this.failing.times + 1 : 1 };
      if (this.failing.times < MOST_FAILURES || isDiskFull(error)) throw error;
    }
    if (!(await this.ledger.acceptsRows())) throw error;
    // Journals of earlier versions have texts that the database does not store.
    const mended = mendedRow(record.json);
    if (mended) await this.write([{ key: record.key, json: mended }]);
    else await this.refusals.refuse(record, error);
  }
}
