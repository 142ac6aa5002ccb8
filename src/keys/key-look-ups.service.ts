import { Injectable } from '@nestjs/common';
import { type DirectoryRow, KeyDirectoryRepository } from './key-directory.repository';

/** How long a request with an unknown key waits for the database. */
const PATIENCE_MS = 500;
/** How long it counts that there is no such key, or that it is revoked. */
const KEPT_MS = 1_000;
/** Of keys that wait, and of answers. A flood beyond it is refused without a look-up. */
const MAX_WAITING = 1_000;
const MAX_KEPT = 10_000;

type Answer = Promise<DirectoryRow | undefined>;
type Resolve = (row: DirectoryRow | undefined) => void;

/**
 * Looks keys up in the database that the directory in memory does not know: made a moment ago by another replica, or
 * revoked. One query at a time is for all that wait, so that a flood of wrong keys is no flood of queries.
 */
@Injectable()
export class KeyLookUps {
  /** Answers, each until a moment of `performance.now()`. */
  private readonly kept = new Map<string, { answer: Answer; untilMs: number }>();
  private waiting = new Map<string, Resolve>();
  private isQuerying = false;

  constructor(private readonly keys: KeyDirectoryRepository) {}

  /** The key with a hash, also a revoked one; undefined if there is none, or if the database does not say so in time. */
  find(hash: string): Answer {
    const known = this.kept.get(hash);
    if (known && known.untilMs > performance.now()) return known.answer;
    if (this.waiting.size >= MAX_WAITING) return Promise.resolve(undefined);
    const answer = this.ask(hash);
    this.keep(hash, answer);
    return answer;
  }

  private ask(hash: string): Answer {
    return new Promise((resolve) => {
      const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
      this.waiting.set(hash, (row) => {
        clearTimeout(timer);
        resolve(row);
      });
      if (!this.isQuerying) void this.query();
    });
  }

  private async query(): Promise<void> {
    this.isQuerying = true;
    // The keys of one turn share a query.
    await Promise.resolve();
    while (this.waiting.size > 0) {
      const { waiting } = this;
      this.waiting = new Map();
      const rows = await this.keys.withHashes([...waiting.keys()]).catch(() => []);
      const byHash = new Map(rows.map((row) => [row.hash, row]));
      for (const [hash, resolve] of waiting) {
        const row = byHash.get(hash);
        // A key that works, or may work again, is not held back by an older answer.
        if (row && !row.revoked_at) this.kept.delete(hash);
        resolve(row);
      }
    }
    // In the same turn as the last look at who waits.
    this.isQuerying = false;
  }

  private keep(hash: string, answer: Answer): void {
    this.kept.delete(hash);
    this.kept.set(hash, { answer, untilMs: performance.now() + KEPT_MS });
    const [oldest] = this.kept.keys();
    if (this.kept.size > MAX_KEPT && oldest !== undefined) this.kept.delete(oldest);
  }
}
