import { Injectable } from '@nestjs/common';
import { GatewayError } from '../common/errors';
import { newId } from '../common/ids';
import { ChangeFeed } from '../database/change-feed.service';
import { noSuchTeam, PLATFORM_TEAM_ID, type Team } from './team';
import { TeamNameTakenError, TeamsRepository } from './teams.repository';

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

  async create(name: string): Promise<Team> {
    const team = await this.teams.insert(newId('team'), name).catch(refuseTakenName(name));
    for (const tell of this.listeners) await tell(team);
    return team;
  }

  list(): Promise<Team[]> {
    return this.teams.list();
  }

  async get(id: string): Promise<Team> {
    const team = await this.teams.find(id);
    if (!team) throw noSuchTeam(id);
    return team;
  }

  /** The names of teams, also of deleted ones, by id. */
  names(ids: readonly string[]): Promise<ReadonlyMap<string, string>> {
    return this.teams.names(ids);
  }

  async rename(id: string, name: string): Promise<Team> {
    const team = await this.teams.rename(id, name).catch(refuseTakenName(name));
    if (!team) throw noSuchTeam(id);
    return team;
  }

  /** Deletes a team. Its keys stop working at once; its past calls stay in the reports. */
  async delete(id: string): Promise<void> {
    if (id === PLATFORM_TEAM_ID) {
      throw new GatewayError('conflict', {
        message: `The team '${id}' cannot be deleted: calls with the administrator's key belong to it.`,
      });
    }
    if (!(await this.teams.delete(id))) throw noSuchTeam(id);
    await this.changeFeed.announce('keys');
  }
}

function refuseTakenName(name: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof TeamNameTakenError)) throw error;
    throw new GatewayError('conflict', { message: `A team with the name '${name}' already exists.`, param: 'name' });
  };
}
