import { Injectable } from '@nestjs/common';
import type { Caller, Scope } from '../common/caller';
import { GatewayError } from '../common/errors';
import { newId } from '../common/ids';
import { ChangeFeed } from '../database/change-feed.service';
import { TeamsService } from '../teams/teams.service';
import { newKeyText, shownPrefix } from './api-key';
import { ApiKeyDirectory } from './api-key-directory.service';
import { KeyHasher } from './key-hasher.service';
import { KeysRepository } from './keys.repository';

/** The name of the key in lists. */
const NAME = 'console playground';

/**
 * Who pays for what people do in the console. A person whose role reaches one key pays with that one. For others the team has a
 * key that the gateway makes at the first use: its text is kept nowhere, so it works in no other place, and limits, budgets and
 * reports have it like any key.
 */
@Injectable()
export class ConsoleKeys {
  constructor(
    private readonly keys: KeysRepository,
    private readonly teams: TeamsService,
    private readonly directory: ApiKeyDirectory,
    private readonly hasher: KeyHasher,
    private readonly changeFeed: ChangeFeed,
  ) {}

  /**
   * The caller for a person's own call.
   *
   * @param teamId the team that pays
   * @param person who asks, and what the person's permission reaches
   * @throws GatewayError `not_found` for an unknown team; `forbidden` where the key has expired
   */
  async callerFor(teamId: string, person: { caller: Caller; scope: Scope }): Promise<Caller> {
    if (person.scope.keyId !== undefined) return person.caller;
    const id = (await this.keys.managedOf(teamId)) ?? (await this.make(teamId, person.caller.keyId));
    const caller = await this.directory.lookUpWorking(id);
    if (!caller) throw expired(id);
    return caller;
  }

  /**
   * The caller for what costs nothing: as {@link callerFor}, without a new key.
   *
   * @throws GatewayError `not_found` for an unknown team
   */
  async readerFor(teamId: string, person: { caller: Caller; scope: Scope }): Promise<Caller> {
    if (person.scope.keyId !== undefined) return person.caller;
    const id = await this.keys.managedOf(teamId);
    const known = id === undefined ? undefined : this.directory.working(id);
    if (known) return known;
    await this.teams.get(teamId);
    return { role: 'member', teamId, keyId: person.caller.keyId, models: null, rpmLimit: null };
  }

  private async make(teamId: string, actor: string): Promise<string> {
    await this.teams.get(teamId);
    const id = newId('key');
    const text = newKeyText();
    const settings = {
      name: NAME,
      models: null,
      rpmLimit: null,
      batchLinesCount: false,
      defaultMaxTokens: null,
      cache: null,
      expiresAt: null,
    };
    const identity = { id, prefix: shownPrefix(text), hash: this.hasher.hash(text) };
    const made = await this.keys.insert(teamId, { ...identity, ...settings, role: 'member', managed: true }, actor);
    if (made) await this.changeFeed.announce('keys');
    const present = made?.id ?? (await this.keys.managedOf(teamId));
    // The team was deleted meanwhile.
    if (present === undefined) throw new GatewayError('not_found', { message: `There is no team '${teamId}'.` });
    return present;
  }
}

function expired(id: string): GatewayError {
  const message = `The team's console key '${id}' has expired. Set a new expires_at with PATCH /admin/keys/${id}, or revoke it: the next use makes a new one.`;
  return new GatewayError('forbidden', { message });
}
