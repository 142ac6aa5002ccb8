import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/seen-version';
import type { Caller } from '../common/caller';
import type { Role } from '../common/permissions';
import { GatewayError } from '../common/errors';
import { newId } from '../common/ids';
import { ChangeFeed } from '../database/change-feed.service';
import { noSuchTeam } from '../teams/team';
import { TeamsService } from '../teams/teams.service';
import {
  type ApiKey,
  type ApiKeyChanges,
  type ApiKeySettings,
  newKeyText,
  noSuchKey,
  requireRole,
  shownPrefix,
} from './api-key';
import { KeyHasher } from './key-hasher.service';
import { KeyRules } from './key-rules.service';
import { type KeyIdentity, type KeysFilter, KeysRepository } from './keys.repository';

/** A key with its text, which the gateway does not store. */
export interface IssuedKey {
  key: ApiKey;
  keyText: string;
}

const NOT_ROTATED =
  'The gateway has made this key for the console and does not keep its text. Revoke it: the next use makes a new one.';

/** Who changes a key, with which role, and which version of it they have seen. */
export type KeyActor = Pick<Caller, 'keyId' | 'role'> & { actor?: Actor };

/** Issues, changes and revokes the teams' keys. Methods throw `not_found` for an unknown or revoked id. */
@Injectable()
export class KeysService {
  constructor(
    private readonly keys: KeysRepository,
    private readonly teams: TeamsService,
    private readonly hasher: KeyHasher,
    private readonly changeFeed: ChangeFeed,
    private readonly rules: KeyRules,
  ) {}

  async create(teamId: string, role: Role, settings: ApiKeySettings, by: KeyActor): Promise<IssuedKey> {
    requireRole(by.role, role);
    this.rules.requireFuture(settings.expiresAt);
    this.rules.requireModels(settings.models);
    await this.teams.get(teamId);
    const { keyText, identity } = this.newIdentity();
    const key = await this.keys.insert(teamId, { ...identity, role, ...settings }, by.keyId);
    if (!key) throw noSuchTeam(teamId);
    await this.changeFeed.announce('keys');
    return { key, keyText };
  }

  async listOfTeam(teamId: string, options: KeysFilter = {}): Promise<ApiKey[]> {
    await this.teams.show(teamId);
    return this.keys.listOfTeam(teamId, options);
  }

  /** A key that is not revoked. */
  async get(id: string): Promise<ApiKey> {
    const key = await this.keys.find(id);
    if (!key || key.revokedAt) throw noSuchKey(id, key?.revokedAt);
    return key;
  }

  /** A key, also a revoked one. */
  async show(id: string): Promise<ApiKey> {
    const key = await this.keys.find(id);
    if (!key) throw noSuchKey(id);
    return key;
  }

  /** The names of keys, also of revoked ones, by id. */
  names(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.keys.names(ids);
  }

  /** The replaced keys, each with the key that replaced it. */
  successors(): Promise<{ id: string; replacedBy: string }[]> {
    return this.keys.successors();
  }

  /** Changes the given settings: undefined keeps one, null clears it. */
  async update(id: string, settings: ApiKeyChanges, by: KeyActor): Promise<ApiKey> {
    requireRole(by.role, (await this.get(id)).role);
    this.rules.requireFuture(settings.expiresAt);
    this.rules.requireModels(settings.models);
    const key = (await this.keys.update(id, settings, actorOf(by))) ?? (await this.get(id));
    await this.changeFeed.announce('keys');
    return key;
  }

  /** Revokes a key: at once on this instance, within a second on the others. */
  async revoke(id: string, by: KeyActor): Promise<void> {
    requireRole(by.role, (await this.get(id)).role);
    if (!(await this.keys.revoke(id, actorOf(by)))) await this.get(id);
    await this.changeFeed.announce('keys');
  }

  /** Replaces a key by one with the same settings. The old one works `graceSeconds` longer, never past its own expiry. */
  async rotate(id: string, graceSeconds: number, by: KeyActor): Promise<IssuedKey> {
    const old = await this.get(id);
    requireRole(by.role, old.role);
    const now = this.rules.nowMs();
    if (old.managed) throw new GatewayError('conflict', { message: NOT_ROTATED });
    if (old.replacedBy)
      throw new GatewayError('conflict', { message: `This key is already replaced by '${old.replacedBy}'.` });
    if (old.expiresAt && old.expiresAt.getTime() <= now) {
      throw new GatewayError('conflict', { message: 'This key has expired. Set a new expires_at first.' });
    }
    const { keyText, identity } = this.newIdentity();
    const graceEndsAt = graceSeconds > 0 ? new Date(now + graceSeconds * 1000) : undefined;
    const key = await this.keys.replace(id, identity, graceEndsAt, actorOf(by));
    if (!key) throw new GatewayError('conflict', { message: 'Another request has just replaced or revoked this key.' });
    await this.changeFeed.announce('keys');
    return { key, keyText };
  }

  private newIdentity(): { keyText: string; identity: KeyIdentity } {
    const keyText = newKeyText();
    return { keyText, identity: { id: newId('key'), prefix: shownPrefix(keyText), hash: this.hasher.hash(keyText) } };
  }
}

function actorOf({ keyId, actor = keyId }: KeyActor): Actor {
  return actor;
}
