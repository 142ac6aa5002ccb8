import { createHash } from 'node:crypto';
import { toJcs } from '../common/jcs';
import type { ChainPlace, ChainRepository, StoredEntry } from './chain.repository';
import { hashOf, NO_HASH } from './chained-entry';

/** Where a chain is broken, and how. */
export interface ChainBreak {
  /** The number of the first entry that is not as it was written, or is missing. */
  seq: number;
  problem: ChainProblem;
}

/**
 * - `missing`: the entry is not there
 * - `inserted`: a second entry has its number, or it has a number below 1
 * - `changed`: its hash is not that of its content
 * - `unlinked`: it does not have the hash of the entry before
 * - `earlier`: the events from before the chain are not those that the first entry has the hash of
 * - `head`: `audit_head` is another entry than the last row
 * - `anchor`: an entry that was read or written down before is another one now, or is gone
 */
export type ChainProblem = 'missing' | 'inserted' | 'changed' | 'unlinked' | 'earlier' | 'head' | 'anchor';

/** What a verification has read, up to the first break. */
export interface VerifiedChain {
  /** How many entries are as they were written, from the first one on. */
  entries: number;
  /** How many events from before the chain the first entry has the hash of. */
  earlierEvents: number;
  /** Times of the first and of the last entry, in RFC 3339. */
  firstAt: string | null;
  lastAt: string | null;
  head: ChainPlace | null;
  broken: ChainBreak | null;
}

/** So few that reading and hashing a page takes the event loop some milliseconds. */
const PAGE = 50;

/** Reads the whole chain, page by page, and computes each hash anew. Entries that are added meanwhile are left to the next time. */
export async function verifyChain(chain: ChainRepository, page = PAGE): Promise<VerifiedChain> {
  const head = await chain.head();
  const walk = new Walk();
  for await (const entry of entriesUpTo(head?.seq ?? 0, chain, page)) {
    walk.next(entry);
    if (walk.entries === 1 && walk.broken === null) await walk.compareEarlier(entry, chain, page);
    if (walk.broken !== null) break;
  }
  walk.end(head);
  const { entries, earlierEvents, firstAt, lastAt, broken } = walk;
  return { entries, earlierEvents, firstAt, lastAt, head: head ? { seq: head.seq, hash: head.hash } : null, broken };
}

async function* entriesUpTo(seq: number, chain: ChainRepository, page: number): AsyncGenerator<StoredEntry> {
  let last: StoredEntry | undefined;
  do {
    const entries = await chain.entries(last, seq, page);
    yield* entries;
    last = entries.at(-1);
  } while (last !== undefined);
}

/** Whether the chain still has an entry as it was. */
export async function hasPlace(chain: ChainRepository, { seq, hash }: ChainPlace): Promise<boolean> {
  return (await chain.hashAt(seq)) === hash;
}

class Walk {
  entries = 0;
  earlierEvents = 0;
  firstAt: string | null = null;
  lastAt: string | null = null;
  broken: ChainBreak | null = null;
  private hash = NO_HASH;

  next(row: StoredEntry): void {
    const seq = this.entries + 1;
    if (row.seq > seq) this.broken = { seq, problem: 'missing' };
    else if (row.seq < seq) this.broken = { seq: row.seq, problem: 'inserted' };
    else if (!hasOwnHash(row)) this.broken = { seq, problem: 'changed' };
    else if (row.prev_hash !== this.hash) this.broken = { seq, problem: 'unlinked' };
    if (this.broken) return;
    this.entries = seq;
    this.hash = row.hash;
    this.firstAt ??= row.created_at;
    this.lastAt = row.created_at;
  }

  /** Checks what the first entry says of the events before it. */
  async compareEarlier({ details }: StoredEntry, chain: ChainRepository, page: number): Promise<void> {
    const digest = createHash('sha256');
    let events = 0;
    let rows = await chain.earlier(undefined, page);
    while (rows.length > 0) {
      for (const row of rows) digest.update(`${hashedText(() => toJcs(row)) ?? ''}\n`);
      events += rows.length;
      rows = await chain.earlier(rows.at(-1), page);
    }
    if (events === details.events && digest.digest('hex') === details.digest) this.earlierEvents = events;
    else this.broken = { seq: 1, problem: 'earlier' };
  }

  /** Compares where the rows end with the head. */
  end(head: Awaited<ReturnType<ChainRepository['head']>>): void {
    const next = this.entries + 1;
    if (this.broken) return;
    if (head === undefined || head.seq < 1) this.broken = { seq: next, problem: 'head' };
    else if (head.seq > this.entries) this.broken = { seq: next, problem: 'missing' };
    else if (head.lastSeq > head.seq) this.broken = { seq: next, problem: 'head' };
    else if (head.hash !== this.hash) this.broken = { seq: head.seq, problem: 'head' };
  }
}

function hasOwnHash(row: StoredEntry): boolean {
  return row.hash === hashedText(() => hashOf(row));
}

/** What is computed from a row; undefined where a row was given what no event has: a number that is no double, depth without end. */
function hashedText(compute: () => string): string | undefined {
  try {
    return compute();
  } catch {
    return undefined;
  }
}
