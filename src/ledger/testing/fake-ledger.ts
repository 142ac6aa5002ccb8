import { RowWriter } from '../drain/row-writer.service';
import type { LedgerRepository } from '../ledger.repository';
import { type Damage, DamagedLines } from '../refusals/damaged-lines';
import type { RefusalsService } from '../refusals/refusals.service';
import type { OwnersRepository } from '../owners/owners.repository';
import { RecoveryService } from '../owners/recovery.service';

/** The members of a row that the rules look at. */
export interface FakeRow {
  id: string;
  owner: string;
  state: string;
}

/** The table with the rules of the real one: a key's row changes only from dispatched to its end. */
export class FakeLedger {
  readonly rows = new Map<string, FakeRow>();
  readonly writes: string[][] = [];
  readonly closed: string[] = [];
  /** The keys of the attempts that were closed as unknown one by one, with how many writes there had been. */
  readonly givenUp: { keys: string[]; afterWrites: number }[] = [];
  away = false;
  /** The key of a row that the database does not take, and the SQLSTATE that says so. */
  refused = '';
  refusedBy = '22P05';
  /** The keys of open attempts that the database does not end. */
  readonly unendable = new Set<string>();
  /** Rows that were set aside. */
  readonly setAside: string[] = [];
  /** Damages of the journal that were reported. */
  readonly damages: Damage[] = [];
  private gate: Promise<void> = Promise.resolve();

  /** Holds every write up until the function is called that comes back. */
  block(): () => void {
    let open = () => {};
    this.gate = new Promise((done) => (open = done));
    return open;
  }

  asRepository(): LedgerRepository {
    return this as Pick<LedgerRepository, 'write' | 'acceptsRows'> as LedgerRepository;
  }

  /** The services beside the drain, on this table. */
  asParts(): [OwnersRepository, RowWriter, RecoveryService, RefusalsService] {
    const damagedLines = new DamagedLines();
    const service: Pick<RefusalsService, 'refuse' | 'refuseEnd' | 'retry' | 'count' | 'keepDamaged' | 'reportDamage'> =
      {
        count: 0,
        refuse: ({ key, json }) => Promise.resolve(void this.setAside.push(`${key} ${String(json)}`)),
        refuseEnd: (key) => {
          this.setAside.push(key);
          this.rows.delete(key);
          return Promise.resolve();
        },
        retry: () => Promise.resolve(),
        keepDamaged: (segment, piece) => damagedLines.keep(segment, piece),
        reportDamage: (damage) => Promise.resolve(void this.damages.push(damage)),
      };
    const refusals = service as RefusalsService;
    const ledger = this.asRepository();
    const owners = this as Pick<OwnersRepository, 'openKeys' | 'closeAttempts' | 'reclaimAll'> as OwnersRepository;
    return [owners, new RowWriter(ledger, refusals), new RecoveryService(owners, ledger, refusals), refusals];
  }

  acceptsRows(): Promise<boolean> {
    return Promise.resolve(!this.away);
  }

  async write(texts: Buffer[]): Promise<void> {
    await this.gate;
    this.answer();
    const rows = JSON.parse(`[${texts.join(',')}]`) as FakeRow[];
    if (rows.some(({ id }) => id === this.refused)) throw Object.assign(new Error('invalid'), { code: this.refusedBy });
    this.writes.push(rows.map(({ id }) => id));
    for (const row of rows) {
      const before = this.rows.get(row.id);
      if (!before || (before.state === 'dispatched' && row.state !== 'dispatched')) this.rows.set(row.id, row);
    }
  }

  openKeys(owners: string[]): Promise<string[]> {
    this.answer();
    const open = [...this.rows.values()].filter((row) => owners.includes(row.owner) && row.state === 'dispatched');
    return Promise.resolve(open.map(({ id }) => id));
  }

  closeAttempts(owners: string[], keys: string[]): Promise<number> {
    this.answer();
    this.refuseUnendable(keys);
    this.givenUp.push({ keys, afterWrites: this.writes.length });
    for (const row of this.rows.values())
      if (owners.includes(row.owner) && row.state === 'dispatched' && keys.includes(row.id)) row.state = 'unknown';
    return Promise.resolve(keys.length);
  }

  async reclaimAll(owner: string): Promise<number> {
    this.answer();
    this.refuseUnendable([...this.rows.values()].filter((row) => row.owner === owner).map(({ id }) => id));
    this.closed.push(owner);
    for (const row of this.rows.values()) if (row.owner === owner && row.state === 'dispatched') row.state = 'unknown';
    return Promise.resolve(0);
  }

  private refuseUnendable(keys: string[]): void {
    if (keys.some((key) => this.unendable.has(key))) throw Object.assign(new Error('cannot end'), { code: '54000' });
  }

  private answer(): void {
    if (this.away) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  }

  /** The state of each row by its key. */
  states(): Record<string, string> {
    return Object.fromEntries([...this.rows].map(([id, { state }]) => [id, state]));
  }
}
