import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../common/caller';
import { Clock } from '../common/clock';
import { Revocation } from '../common/revocation';
import { ChangeFeed } from '../database/change-feed.service';
import { KEY_PREFIX, toCacheRules } from './api-key';
import { KeyLookUps } from './key-look-ups.service';
import { KeyHasher } from './key-hasher.service';
import { type DirectoryRow, KeyDirectoryRepository } from './key-directory.repository';
import { oneAtATime } from '../common/runtime/one-at-a-time';

/** The form of every key of a team. */
const KEY_FORM = /^sk-tg-[\w-]{43}$/;

/** Why a key that exists does not work. Only its caller learns of it, who has its text. */
export interface KeyEnd {
  how: 'revoked' | 'replaced' | 'expired';
  at: Date;
}

interface KeyRecord {
  caller: Caller;
  /** Milliseconds since 1970; infinite for a key that does not expire. */
  expiresAtMs: number;
  /** The id of the key that replaced this one. */
  replacedBy: string | null;
}

/** All valid keys, in memory by their hash, so that no call waits for the database. */
@Injectable()
export class ApiKeyDirectory implements OnModuleInit {
  private readonly byHash = new Map<string, KeyRecord>();
  private readonly byId = new Map<string, KeyRecord>();
  private revision = 0n;
  private readonly reload = oneAtATime(() => this.readChanges());

  constructor(
    private readonly keys: KeyDirectoryRepository,
    private readonly hasher: KeyHasher,
    private readonly clock: Clock,
    private readonly changeFeed: ChangeFeed,
    private readonly lookUps: KeyLookUps,
  ) {}

  async onModuleInit(): Promise<void> {
    this.changeFeed.onChange('keys', () => this.reload());
    await this.reload();
  }

  /** The caller of a key; undefined if the key is unknown, revoked or expired. */
  find(presentedKey: string): Caller | undefined {
    if (!presentedKey.startsWith(KEY_PREFIX)) return undefined;
    const record = this.byHash.get(this.hasher.hash(presentedKey)) ?? this.previously(presentedKey);
    return record && this.works(record) ? record.caller : undefined;
  }

  /**
   * Looks a key up that {@link find} does not know: another replica may have made or changed it a moment ago.
   *
   * @returns its caller, or why it does not work; undefined if there is no such key, or the database does not say so in time
   */
  async lookUp(presentedKey: string): Promise<Caller | KeyEnd | undefined> {
    if (!KEY_FORM.test(presentedKey)) return undefined;
    const hash = this.hasher.hash(presentedKey);
    const previous = this.hasher.previousHash(presentedKey);
    const row =
      (await this.lookUps.find(hash)) ?? (previous === undefined ? undefined : await this.lookUps.find(previous));
    if (!row) return this.endInMemory(hash);
    // In order with all other changes, so that an older state never overwrites a newer one.
    if (row.revision > this.revision) await this.reload().catch(() => undefined);
    return this.find(presentedKey) ?? endOf(row, this.clock.now());
  }

  /**
   * The caller of work that continues after its call, with the current rights of its key. Work of a replaced key continues
   * under its successor. Undefined if the key is revoked or expired.
   */
  callerOf(keyId: string): Caller | undefined {
    let record = this.byId.get(keyId);
    while (record && !this.works(record))
      record = record.replacedBy === null ? undefined : this.byId.get(record.replacedBy);
    return record?.caller;
  }

  /** The caller of a key by its id, while the key itself works; work of its successor is not meant. */
  working(keyId: string): Caller | undefined {
    const record = this.byId.get(keyId);
    return record && this.works(record) ? record.caller : undefined;
  }

  /** As {@link callerOf}, also where another replica made the key a moment ago. @throws where the database cannot be read */
  lookUpCallerOf(keyId: string): Promise<Caller | undefined> {
    return this.lookUpBy(() => this.callerOf(keyId));
  }

  /** As {@link working}, also where another replica made the key a moment ago. @throws where the database cannot be read */
  lookUpWorking(keyId: string): Promise<Caller | undefined> {
    return this.lookUpBy(() => this.working(keyId));
  }

  /** Reads what other replicas have changed where memory has no caller. */
  private async lookUpBy(find: () => Caller | undefined): Promise<Caller | undefined> {
    const known = find();
    if (known) return known;
    await this.reload();
    return find();
  }

  /** A key that was made under SECRET_KEY_PREVIOUS. */
  private previously(presentedKey: string): KeyRecord | undefined {
    const hash = this.hasher.previousHash(presentedKey);
    return hash === undefined ? undefined : this.byHash.get(hash);
  }

  /** For a key that has expired while the database is away. */
  private endInMemory(hash: string): KeyEnd | undefined {
    const record = this.byHash.get(hash);
    if (!record || this.works(record)) return undefined;
    return { how: record.replacedBy === null ? 'expired' : 'replaced', at: new Date(record.expiresAtMs) };
  }

  private works(record: KeyRecord): boolean {
    return record.expiresAtMs > this.clock.now();
  }

  private async readChanges(): Promise<void> {
    for (const row of await this.keys.changedSince(this.revision)) {
      if (row.revision > this.revision) this.revision = row.revision;
      const revocation = this.byId.get(row.id)?.caller.revocation ?? new Revocation();
      const record = toRecord(row, revocation);
      // Work of a revoked key continues under its successor, if it has one.
      if (row.revoked_at && row.replaced_by === null) this.byId.delete(row.id);
      else this.byId.set(row.id, record);
      if (row.revoked_at) this.byHash.delete(row.hash);
      else this.byHash.set(row.hash, record);
      if (row.revoked_at) revocation.revoke();
    }
  }
}

/** Why a key does not work at a time; undefined if it works. */
function endOf({ revoked_at: revokedAt, expires_at: expiresAt, replaced_by: successor }: DirectoryRow, nowMs: number) {
  const expired = expiresAt && expiresAt.getTime() <= nowMs ? expiresAt : null;
  const at = revokedAt ?? expired;
  if (!at) return undefined;
  const how = successor !== null ? 'replaced' : revokedAt ? 'revoked' : 'expired';
  return { how, at } satisfies KeyEnd;
}

/** @param revocation the same for all states of a key: calls that began under an earlier one end with it, too */
function toRecord(row: DirectoryRow, revocation: Revocation): KeyRecord {
  return {
    caller: {
      role: row.role,
      teamId: row.team_id,
      keyId: row.id,
      keyName: row.name,
      models: row.models,
      rpmLimit: row.rpm_limit,
      batchLinesCount: row.batch_lines_count,
      defaultMaxTokens: row.default_max_tokens,
      cache: toCacheRules(row.cache),
      revocation,
    },
    expiresAtMs: row.revoked_at ? -Infinity : (row.expires_at?.getTime() ?? Infinity),
    replacedBy: row.replaced_by,
  };
}
