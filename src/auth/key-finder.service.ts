import { Injectable } from '@nestjs/common';
import type { Caller } from '../common/caller';
import { GatewayError } from '../common/errors';
import { ApiKeyDirectory, type KeyEnd } from '../keys/api-key-directory.service';
import { AdminKey } from './admin-key.service';
import { maskKey } from './presented-key';

const ISSUED = "The gateway's administrator issues keys; they start with sk-tg-.";

/** Finds the caller of a key: of a team's, or of the administrator's. */
@Injectable()
export class KeyFinder {
  constructor(
    private readonly directory: ApiKeyDirectory,
    private readonly adminKey: AdminKey,
  ) {}

  /** The caller, if the key is in memory. */
  find(keyText: string): Caller | undefined {
    return this.directory.find(keyText) ?? this.adminKey.find(keyText);
  }

  /** The caller of a key by its id, while it works. The administrator's works as long as the process. */
  working(keyId: string): Caller | undefined {
    return this.directory.working(keyId) ?? this.adminKey.withId(keyId);
  }

  /** The caller of a key that is not in memory. @throws GatewayError `invalid_api_key`, which says why the key does not work */
  async lookUp(keyText: string): Promise<Caller> {
    const found = await this.directory.lookUp(keyText);
    if (found && 'keyId' in found) return found;
    const message = found ? endedKey(found) : `Incorrect API key provided: ${maskKey(keyText)}. ${ISSUED}`;
    throw new GatewayError('invalid_api_key', { message });
  }
}

function endedKey({ how, at }: KeyEnd): string {
  const when = at.toISOString();
  if (how === 'replaced')
    return `This API key was replaced and stopped working at ${when}. Use the key that replaced it.`;
  if (how === 'revoked') return `This API key was revoked at ${when}. Ask the gateway's administrator for another one.`;
  return `This API key expired at ${when}. Ask the gateway's administrator for a later expiry or another key.`;
}
