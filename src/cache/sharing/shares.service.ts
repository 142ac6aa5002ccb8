import { Injectable } from '@nestjs/common';
import { GatewayError } from '../../common/errors';
import { newId } from '../../common/ids';
import { ChangeFeed } from '../../database/change-feed.service';
import { ModelRegistry } from '../../models/model-registry.service';
import { TeamsService } from '../../teams/teams.service';
import { noSuchShare, overlapOf, type Share, type StoredShare } from './share';
import { type ShareChange, SharesRepository } from './shares.repository';

/** A change of a share: undefined members stay. */
export interface ShareChanges {
  name?: string | undefined;
  /** Replaces all teams. */
  teamIds?: string[] | undefined;
  all?: true | undefined;
  models?: string[] | null | undefined;
}

/** Lets teams share their stored responses. Changes are in force here when a method resolves, elsewhere within a second. */
@Injectable()
export class SharesService {
  constructor(
    private readonly shares: SharesRepository,
    private readonly teams: TeamsService,
    private readonly models: ModelRegistry,
    private readonly changeFeed: ChangeFeed,
  ) {}

  list(): Promise<StoredShare[]> {
    return this.shares.list();
  }

  async get(id: string): Promise<StoredShare> {
    const share = (await this.list()).find((each) => each.id === id);
    if (!share) throw noSuchShare(id);
    return share;
  }

  /** @throws GatewayError `invalid_request` where a team shares a model's responses already, `conflict` for a name in use */
  create(changes: ShareChanges & { name: string }, actor: string): Promise<StoredShare> {
    const share: Share = { id: newId('share'), name: changes.name, all: false, teamIds: [], models: null };
    return this.set(share.id, { action: 'cache_share.created', actor }, changes, () => share);
  }

  /** @throws GatewayError as `create`, and `not_found` */
  update(id: string, changes: ShareChanges, actor: string): Promise<StoredShare> {
    return this.set(id, { action: 'cache_share.updated', actor }, changes, (shares) => {
      const share = shares.find((each) => each.id === id);
      if (!share) throw noSuchShare(id);
      return share;
    });
  }

  /** Ends a share: each team reads only its own responses again. @throws GatewayError `not_found` */
  async delete(id: string, actor: string): Promise<void> {
    await this.shares.change(id, { action: 'cache_share.deleted', actor }, (shares) => {
      if (!shares.some((share) => share.id === id)) throw noSuchShare(id);
      return null;
    });
    await this.changeFeed.announce('shares');
  }

  private async set(
    id: string,
    by: ShareChange,
    changes: ShareChanges,
    find: (shares: readonly Share[]) => Share,
  ): Promise<StoredShare> {
    this.requireModels(changes.models ?? []);
    await this.requireTeams(changes.teamIds ?? []);
    const share = await this.shares.change(id, by, (shares) => {
      const wanted = changed(find(shares), changes);
      requireOwnName(wanted, shares);
      requireNoOverlap(wanted, shares);
      return wanted;
    });
    await this.changeFeed.announce('shares');
    if (!share) throw noSuchShare(id);
    return share;
  }

  private requireModels(models: readonly string[]): void {
    const unknown = models.findIndex((model) => !this.models.resolve(model));
    if (unknown < 0) return;
    const { message } = this.models.notFound(models[unknown] ?? '');
    throw new GatewayError('invalid_request', { message, param: `models.${unknown}` });
  }

  private async requireTeams(teamIds: readonly string[]): Promise<void> {
    if (teamIds.length === 0) return;
    const known = new Set((await this.teams.list()).map(({ id }) => id));
    const unknown = teamIds.findIndex((id) => !known.has(id));
    if (unknown < 0) return;
    const message = `There is no team '${teamIds[unknown]}'.`;
    throw new GatewayError('invalid_request', { message, param: `team_ids.${unknown}` });
  }
}

function changed(share: Share, { name, teamIds, all, models }: ShareChanges): Share {
  const { id } = share;
  const members = teamIds ? { all: false, teamIds: [...new Set(teamIds)] } : all ? { all, teamIds: [] } : share;
  return {
    id,
    name: name ?? share.name,
    all: members.all,
    teamIds: members.teamIds,
    models: models === undefined ? share.models : models && [...new Set(models)],
  };
}

function requireOwnName({ id, name }: Share, shares: readonly Share[]): void {
  if (!shares.some((other) => other.id !== id && other.name === name)) return;
  throw new GatewayError('conflict', { message: `A share with the name '${name}' exists already.`, param: 'name' });
}

function requireNoOverlap(share: Share, shares: readonly Share[]): void {
  const overlap = overlapOf(share, shares);
  if (!overlap) return;
  const { teamId, model } = overlap;
  const team = teamId === undefined ? 'Every team' : `The team '${teamId}'`;
  const responses = model === undefined ? 'the responses of every model' : `the responses of "${model}"`;
  throw new GatewayError('invalid_request', {
    message: `${team} shares ${responses} already, in '${overlap.share.name}' (${overlap.share.id}). A team is in one share for each model.`,
    param: 'team_ids',
  });
}
