import { createHash } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../../common/caller';
import { Clock } from '../../common/clock';
import { oneAtATime } from '../../common/runtime/one-at-a-time';
import { ChangeFeed } from '../../database/change-feed.service';
import { ApiKeyDirectory } from '../../keys/api-key-directory.service';
import { AdminKey } from '../admin-key.service';
import { ADMIN_KEY_ID, IDLE_MS } from './session';
import { type SessionRow, SessionsRepository } from './sessions.repository';

const TOUCH_EVERY_MS = 60_000;
const TOKEN_FORM = /^[\w-]{43}$/;

/** Who is signed in, and by which session. */
export interface SignedIn {
  sessionId: string;
  /** The latest end of the session. */
  endsAt: Date;
  caller: Caller;
}

/** The hash under which a session is stored. A reader of the table cannot sign in with it. */
export function hashOfToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/**
 * All open sessions, in memory by the hash of their token. A session has the present rights of its key: it ends with it, at
 * once here and within a second on other replicas.
 */
@Injectable()
export class SessionDirectory implements OnModuleInit {
  private readonly byHash = new Map<string, SessionRow>();
  private revision = 0n;
  private readonly reload = oneAtATime(() => this.readChanges());

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly keys: ApiKeyDirectory,
    private readonly adminKey: AdminKey,
    private readonly clock: Clock,
    private readonly changeFeed: ChangeFeed,
  ) {}

  async onModuleInit(): Promise<void> {
    this.changeFeed.onChange('sessions', () => this.reload());
    await this.reload();
  }

  /** Who a session's token stands for, by what is in memory. */
  find(token: string): SignedIn | undefined {
    const row = this.byHash.get(hashOfToken(token));
    return row && this.signedIn(row);
  }

  /** Looks a session up that another replica has started, or used, since. */
  async lookUp(token: string): Promise<SignedIn | undefined> {
    if (!TOKEN_FORM.test(token)) return undefined;
    const row = await this.sessions.withHash(hashOfToken(token)).catch(() => undefined);
    if (!row) return undefined;
    if (row.ended_at === null) this.byHash.set(row.token_hash, row);
    return this.signedIn(row);
  }

  /** Whether a session is open. The check does not count as use. */
  isWorking(sessionId: string): boolean {
    for (const row of this.byHash.values())
      if (row.id === sessionId) return this.endOf(row) > this.clock.now() && this.callerOf(row) !== undefined;
    return false;
  }

  /** Milliseconds since 1970. */
  private endOf({ ended_at: endedAt, ends_at: endsAt, seen_at: seenAt }: SessionRow): number {
    return endedAt !== null ? -Infinity : Math.min(endsAt.getTime(), seenAt.getTime() + IDLE_MS);
  }

  private signedIn(row: SessionRow): SignedIn | undefined {
    const nowMs = this.clock.now();
    if (this.endOf(row) <= nowMs) return undefined;
    const caller = this.callerOf(row);
    if (!caller) return undefined;
    if (nowMs - row.seen_at.getTime() >= TOUCH_EVERY_MS) this.touch(row, new Date(nowMs));
    return { sessionId: row.id, endsAt: row.ends_at, caller };
  }

  private callerOf({ key_id: keyId, admin_key_hash: adminKeyHash }: SessionRow): Caller | undefined {
    return keyId === ADMIN_KEY_ID ? this.adminKey.withHash(adminKeyHash ?? '') : this.keys.working(keyId);
  }

  private touch(row: SessionRow, seenAt: Date): void {
    row.seen_at = seenAt;
    // A session must not end because the database is away; the next use tries again in a minute.
    this.sessions.touch(row.id, seenAt).catch(() => undefined);
  }

  private async readChanges(): Promise<void> {
    for (const row of await this.sessions.changedSince(this.revision)) {
      if (row.revision > this.revision) this.revision = row.revision;
      if (row.ended_at === null) this.byHash.set(row.token_hash, row);
      else this.byHash.delete(row.token_hash);
    }
    const nowMs = this.clock.now();
    for (const [hash, row] of this.byHash) if (row.ends_at.getTime() <= nowMs) this.byHash.delete(hash);
  }
}
