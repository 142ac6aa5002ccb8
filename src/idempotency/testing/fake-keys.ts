import type { CallIdentity } from '../idempotency-key';
import type { Claim, CallState, IdempotencyRepository, StoredReply } from '../idempotency.repository';

interface FakeRow {
  fingerprint: string;
  owner: string;
  requestId: string;
  reply: Omit<StoredReply, 'requestId'> | undefined;
}

export type Trouble = 'none' | 'away' | 'answers lost' | 'keeps nothing';

/** The table with the rules of the real one, as several processes see it. */
export class FakeKeys {
  readonly rows = new Map<string, FakeRow>();
  readonly alive = new Set<string>();
  /** Calls with a try in the ledger that may be charged. */
  readonly sent = new Set<string>();
  trouble: Trouble = 'none';
  statements = 0;

  /** The table as one process sees it, until that is dead. */
  asRepository(isDead: () => boolean = () => false): IdempotencyRepository {
    const ask = async <T>(work: () => T): Promise<T> => {
      this.statements += 1;
      await Promise.resolve();
      if (isDead()) return new Promise<T>(() => undefined);
      if (this.trouble === 'away') throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
      const result = work();
      if (this.trouble === 'answers lost') throw new Error('Connection terminated');
      await Promise.resolve();
      return isDead() ? new Promise<T>(() => undefined) : result;
    };
    const repository: Pick<IdempotencyRepository, 'claim' | 'keep' | 'free' | 'fateOf' | 'sweep'> = {
      claim: (identity, { id }) => ask(() => this.claim(identity, id)),
      keep: (identity, reply) =>
        this.trouble === 'keeps nothing' ? Promise.reject(new Error('no room')) : ask(() => this.keep(identity, reply)),
      free: (name, requestId) => ask(() => this.free(name, requestId)),
      fateOf: (name, requestId) => ask(() => this.fateOf(name, requestId)),
      sweep: () => ask(() => 0),
    };
    return repository as IdempotencyRepository;
  }

  private claim({ teamId, key, fingerprint, requestId }: CallIdentity, owner: string): Claim {
    const name = `${teamId} ${key}`;
    const row = this.rows.get(name);
    this.alive.add(owner);
    if (!row) {
      this.rows.set(name, { fingerprint, owner, requestId, reply: undefined });
      return { kind: 'ours' };
    }
    if (row.fingerprint !== fingerprint) return { kind: 'other_call' };
    if (row.reply) return { kind: 'done', reply: { requestId: row.requestId, ...row.reply } };
    return { kind: 'running', owner: row.owner, requestId: row.requestId };
  }

  private keep({ teamId, key, requestId }: CallIdentity, reply: Omit<StoredReply, 'requestId'>): boolean {
    const row = this.rows.get(`${teamId} ${key}`);
    if (row?.requestId !== requestId) return false;
    row.reply = reply;
    return true;
  }

  private free({ teamId, key }: Pick<CallIdentity, 'teamId' | 'key'>, requestId: string): void {
    const row = this.rows.get(`${teamId} ${key}`);
    if (row?.requestId === requestId && !row.reply) this.rows.delete(`${teamId} ${key}`);
  }

  private fateOf({ teamId, key }: CallIdentity, requestId: string): CallState {
    const row = this.rows.get(`${teamId} ${key}`);
    if (row?.requestId !== requestId || row.reply) return 'ended';
    if (this.alive.has(row.owner)) return 'running';
    return this.sent.has(requestId) ? 'sent' : 'not_sent';
  }
}
