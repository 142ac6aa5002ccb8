import { Injectable } from '@nestjs/common';
import type { Actor } from '../audit/seen-version';
import { GatewayError } from '../common/errors';
import { newId } from '../common/ids';
import { ChangeFeed } from '../database/change-feed.service';
import { noSuchTeam, PLATFORM_TEAM_ID, type Team } from './team';
import {
  type TeamDeletion,
  TeamInUseError,
  TeamNameTakenError,
  type TeamsFilter,
  TeamsRepository,
} from './teams.repository';

/** Creates, renames and deletes teams. Methods throw `not_found` for an unknown id and `conflict` for a name in use. */
@Injectable()
export class TeamsService {
  private readonly listeners: ((team: Team) => Promise<void>)[] = [];

  constructor(
    private readonly teams: TeamsRepository,
    private readonly changeFeed: ChangeFeed,
  ) {}

  /** Registers a listener that runs for each new team. */
  onCreated(listener: (team: Team) => Promise<void>): void {
    this.listeners.push(listener);
  }

  async create(name: string, actor: Actor): Promise<Team> {
    const team = await this.teams.insert(newId('team'), name, actor).catch(refuseTakenName(name));
    for (const tell of this.listeners) await tell(team);
    return team;
  }

  list(options: TeamsFilter = {}): Promise<Team[]> {
    return this.teams.list(options);
  }

  /** A team that is not deleted. */
  async get(id: string): Promise<Team> {
    const team = await this.teams.find(id);
    if (!team || team.deletedAt) throw noSuchTeam(id, team?.deletedAt);
    return team;
  }

  /** A team, also a deleted one: its name, calls, credits and statements stay readable. */
  async show(id: string): Promise<Team> {
    const team = await this.teams.find(id);
    if (!team) throw noSuchTeam(id);
    return team;
  }

  /** The names of teams, also of deleted ones, by id. */
  names(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.teams.names(ids);
  }

  async rename(id: string, name: string, actor: Actor): Promise<Team> {
    const team = await this.teams.rename(id, name, actor).catch(refuseTakenName(name));
    return team ?? this.get(id);
  }

  /**
   * Deletes a team. Its keys stop working at once; all that was ever stored of it can be read.
   *
   * @param deletion.force deletes it also with live keys or a balance; without it both are a `conflict`
   */
  async delete(id: string, deletion: TeamDeletion): Promise<void> {
    if (id === PLATFORM_TEAM_ID) {
      throw new GatewayError('conflict', {
        message: `The team '${id}' cannot be deleted: calls with the administrator's key belong to it.`,
      });
    }
    if (!(await this.teams.delete(id, deletion).catch(refuseInUse(id)))) await this.get(id);
    await this.changeFeed.announce('keys');
  }
}

function refuseInUse(id: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof TeamInUseError)) throw error;
    throw new GatewayError('conflict', {
      message:
        `The team '${id}' has ${error.inUse.join(' and ')}. Revoke its keys and use up its balance first, or send ` +
        '?force=true: it revokes the keys and gives the balance up.',
      param: 'force',
    });
  };
}

function refuseTakenName(name: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof TeamNameTakenError)) throw error;
    throw new GatewayError('conflict', { message: `A team with the name '${name}' already exists.`, param: 'name' });
  };
}
