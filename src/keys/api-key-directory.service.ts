import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../common/caller';
import { Clock } from '../common/clock';
import { ChangeFeed } from '../database/change-feed.service';
import { KEY_PREFIX, toCacheRules } from './api-key';
import { KeyHasher } from './key-hasher.service';
import { KeyDirectoryRepository } from './key-directory.repository';

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
  private lastReload: Promise<void> = Promise.resolve();

  constructor(
    private readonly keys: KeyDirectoryRepository,
    private readonly hasher: KeyHasher,
    private readonly clock: Clock,
    private readonly changeFeed: ChangeFeed,
  ) {}

  async onModuleInit(): Promise<void> {
    this.changeFeed.onChange('keys', () => this.reload());
    await this.reload();
  }

  /** The caller of a key; undefined if the key is unknown, revoked or expired. */
  find(presentedKey: string): Caller | undefined {
    if (!presentedKey.startsWith(KEY_PREFIX)) return undefined;
    const record = this.byHash.get(this.hasher.hash(presentedKey));
    return record && this.works(record) ? record.caller : undefined;
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

  private works(record: KeyRecord): boolean {
    return record.expiresAtMs > this.clock.now();
  }

  /** Reads changes. One reload at a time, so that an older state never overwrites a newer one. */
  private reload(): Promise<void> {
    const reload = this.lastReload.then(() => this.readChanges());
    this.lastReload = reload.catch(() => undefined);
    return reload;
  }

  private async readChanges(): Promise<void> {
    for (const row of await this.keys.changedSince(this.revision)) {
      if (row.revision > this.revision) this.revision = row.revision;
      const record: KeyRecord = {
        caller: {
          role: row.role,
          teamId: row.team_id,
          keyId: row.id,
          keyName: row.name,
          models: row.models,
          rpmLimit: row.rpm_limit,
          defaultMaxTokens: row.default_max_tokens,
          cache: toCacheRules(row.cache),
        },
        expiresAtMs: row.revoked_at ? -Infinity : (row.expires_at?.getTime() ?? Infinity),
        replacedBy: row.replaced_by,
      };
      this.byId.set(row.id, record);
      if (row.revoked_at) this.byHash.delete(row.hash);
      else this.byHash.set(row.hash, record);
    }
  }
}
