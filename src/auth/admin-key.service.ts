import { timingSafeEqual } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { Caller } from '../common/caller';
import { GatewayConfig } from '../config/gateway-config';
import { ConfigError } from '../config/load-config';
import { KEY_PREFIX, newKeyText } from '../keys/api-key';
import { KeyHasher } from '../keys/key-hasher.service';
import { PLATFORM_TEAM_ID } from '../teams/team';
import { AdminKeyRepository } from './admin-key.repository';

/** Its hash shows whether two instances have the same SECRET_KEY. */
const CHECKED_TEXT = 'thriftgate secret key check';

const ADMIN_CALLER: Caller = Object.freeze({
  role: 'platform_admin',
  teamId: PLATFORM_TEAM_ID,
  keyId: 'admin',
  models: null,
  rpmLimit: null,
});

/** The platform administrator's key: ADMIN_KEY, or one generated at the first start. Only its hash is stored. */
@Injectable()
export class AdminKey implements OnModuleInit {
  /** The key's text, only in the process that generated it, for the start banner. */
  generated: string | undefined;

  private hash = Buffer.alloc(0);

  constructor(
    private readonly config: GatewayConfig,
    private readonly repository: AdminKeyRepository,
    private readonly hasher: KeyHasher,
  ) {}

  async onModuleInit(): Promise<void> {
    await this.checkSecretKey();
    const { adminKey } = this.config;
    if (adminKey !== undefined) await this.repository.put(this.hasher.hash(adminKey));
    this.hash = Buffer.from(adminKey === undefined ? await this.storedOrNew() : this.hasher.hash(adminKey));
  }

  /** The administrator, if the key is the administrator's; otherwise undefined. */
  find(presentedKey: string): Caller | undefined {
    const hashes = [this.hasher.hash(presentedKey), this.hasher.previousHash(presentedKey) ?? ''];
    return hashes.some((hash) => this.isSame(Buffer.from(hash))) ? ADMIN_CALLER : undefined;
  }

  /** The administrator, if the id is that of the administrator's key. */
  withId(keyId: string): Caller | undefined {
    return keyId === ADMIN_CALLER.keyId ? ADMIN_CALLER : undefined;
  }

  /** The hash of the key, for sessions that end with it. */
  get storedHash(): string {
    return this.hash.toString();
  }

  /** The administrator, while the key is the one of a hash; otherwise undefined. */
  withHash(hash: string): Caller | undefined {
    return this.isSame(Buffer.from(hash)) ? ADMIN_CALLER : undefined;
  }

  private isSame(presented: Buffer): boolean {
    return presented.length === this.hash.length && timingSafeEqual(presented, this.hash);
  }

  /** @throws ConfigError if the database was made under another SECRET_KEY: none of its keys would work */
  private async checkSecretKey(): Promise<void> {
    const hash = this.hasher.hash(CHECKED_TEXT);
    const stored = await this.repository.secretKeyCheck(hash);
    if (stored === hash) return;
    if (stored === this.hasher.previousHash(CHECKED_TEXT)) return this.repository.replaceSecretKeyCheck(hash);
    const problem =
      'is not the one that the keys in this database were made with, so that every API key would be refused';
    throw new ConfigError([
      `SECRET_KEY: ${problem}. Set the SECRET_KEY of the other instances, or use another database.`,
    ]);
  }

  private async storedOrNew(): Promise<string> {
    const candidate = newKeyText(`${KEY_PREFIX}admin-`);
    const candidateHash = this.hasher.hash(candidate);
    const stored = await this.repository.putIfAbsent(candidateHash);
    if (stored === candidateHash) this.generated = candidate;
    return stored;
  }
}
