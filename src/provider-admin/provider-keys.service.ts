import { Injectable } from '@nestjs/common';
import type { CreateProviderKey } from '@thriftgate/contracts';
import { GatewayError } from '../common/errors';
import { ChangeFeed } from '../database/change-feed.service';
import type { KeyInForce, ProviderInForce } from '../providers/providers-in-force';
import { ProvidersRepository } from '../providers/providers.repository';
import { TeamsService } from '../teams/teams.service';
import { invalidMember, noSuchKey, setElsewhere } from './provider-errors';
import { newKey, ProviderSettingsService } from './provider-settings.service';

/** Adds and deletes the keys of providers. Teams may have keys of their own at any provider. */
@Injectable()
export class ProviderKeysService {
  constructor(
    private readonly settings: ProviderSettingsService,
    private readonly repository: ProvidersRepository,
    private readonly teams: TeamsService,
    private readonly changeFeed: ChangeFeed,
  ) {}

  /**
   * With `replaces`, the old key goes in the same change: no call is without a key.
   *
   * @throws GatewayError `not_found`, `conflict`, `invalid_request` that names the member
   */
  async add(
    provider: string,
    body: CreateProviderKey,
    actor: string,
  ): Promise<{ of: ProviderInForce; key: KeyInForce }> {
    const settings = this.settings.get(provider);
    const { name, team_id: teamId = null, replaces } = body;
    if (teamId === null && settings.source !== 'admin') throw setElsewhere(settings);
    if (teamId !== null) await this.teams.get(teamId);
    if (settings.headers?.authorization !== undefined)
      throw invalidMember(
        'key',
        'and the header authorization of the provider are both a credential; remove the header first',
      );
    const old = replaces === undefined ? undefined : this.find(settings, replaces, 'replaces');
    if (old && old.teamId !== teamId) throw invalidMember('replaces', 'is the key of another team, or of the gateway');
    const same = settings.keys.find((key) => key.secret === body.key && key.teamId === teamId);
    if (same) throw new GatewayError('conflict', { message: `The provider has this key as ${same.id}.`, param: 'key' });
    const added = newKey(provider, body.key, { name, teamId, fallback: body.fallback ?? old?.fallback ?? false });
    const removed = await this.repository.changeKeys({ provider, actor, added, removedId: replaces });
    if (replaces !== undefined && !removed) throw noSuchKey(provider, replaces, 'replaces');
    await this.changeFeed.announce('providers');
    const of = this.settings.get(provider);
    return { of, key: this.find(of, added.id) };
  }

  /** Calls that run with the key go on to their end. @throws GatewayError `not_found`, `conflict` */
  async delete(provider: string, id: string, actor: string): Promise<void> {
    this.find(this.settings.get(provider), id);
    if (!(await this.repository.changeKeys({ provider, actor, added: undefined, removedId: id })))
      throw noSuchKey(provider, id);
    await this.changeFeed.announce('providers');
  }

  private find({ name, keys }: ProviderInForce, id: string, param: string | null = null): KeyInForce {
    const found = keys.find((key) => key.id === id);
    if (!found) throw noSuchKey(name, id, param);
    return found;
  }
}
