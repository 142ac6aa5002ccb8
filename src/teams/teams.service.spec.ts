import type { ChangeFeed } from '../database/change-feed.service';
import type { Team } from './team';
import { type TeamDeletion, TeamInUseError, TeamNameTakenError, type TeamsRepository } from './teams.repository';
import { TeamsService } from './teams.service';

const TEAM: Team = { id: 'team_1', name: 'search', createdAt: new Date(0), updatedAt: new Date(0), deletedAt: null };

describe('the teams', () => {
  const repository = {
    insert: jest.fn<Promise<Team>, [string, string, string]>(),
    find: jest.fn<Promise<Team | undefined>, [string]>(),
    rename: jest.fn<Promise<Team | undefined>, [string, string, string]>(),
    delete: jest.fn<Promise<boolean>, [string, TeamDeletion]>(),
  };
  const announce = jest.fn(() => Promise.resolve());
  const teams = new TeamsService(
    repository as Partial<TeamsRepository> as TeamsRepository,
    { announce } as Pick<ChangeFeed, 'announce'> as ChangeFeed,
  );

  beforeEach(() => jest.resetAllMocks());

  it('get an id', async () => {
    repository.insert.mockResolvedValue(TEAM);
    expect(await teams.create('search', 'admin')).toBe(TEAM);
    expect(repository.insert).toHaveBeenCalledWith(expect.stringMatching(/^team_/), 'search', 'admin');
  });

  it('have unique names', async () => {
    repository.insert.mockRejectedValue(new TeamNameTakenError());
    repository.rename.mockRejectedValue(new TeamNameTakenError());
    const conflict = { code: 'conflict', param: 'name', message: expect.stringContaining("'search'") };
    await expect(teams.create('search', 'admin')).rejects.toMatchObject(conflict);
    await expect(teams.rename('team_2', 'search', 'admin')).rejects.toMatchObject(conflict);
  });

  it('are not found under unknown ids', async () => {
    repository.find.mockResolvedValue(undefined);
    repository.rename.mockResolvedValue(undefined);
    repository.delete.mockResolvedValue(false);
    await expect(teams.get('team_9')).rejects.toMatchObject({ code: 'not_found' });
    await expect(teams.rename('team_9', 'x', 'admin')).rejects.toMatchObject({ code: 'not_found' });
    await expect(teams.delete('team_9', { force: false, actor: 'admin' })).rejects.toMatchObject({ code: 'not_found' });
  });

  it('are deleted with their keys', async () => {
    repository.delete.mockResolvedValue(true);
    await teams.delete('team_1', { force: false, actor: 'admin' });
    expect(announce).toHaveBeenCalledWith('keys');
  });

  it('N6: are not deleted with live keys or a balance, unless by force', async () => {
    repository.delete.mockRejectedValueOnce(new TeamInUseError(['2 live keys', 'a balance of $550']));
    await expect(teams.delete('team_1', { force: false, actor: 'admin' })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/'team_1' has 2 live keys and a balance of \$550\..*force=true/),
    });
    expect(announce).not.toHaveBeenCalled();
    repository.delete.mockResolvedValue(true);
    await teams.delete('team_1', { force: true, actor: 'admin' });
    expect(repository.delete).toHaveBeenLastCalledWith('team_1', { force: true, actor: 'admin' });
  });

  it('N6: are readable after their deletion, and say when it was', async () => {
    const deleted = { ...TEAM, deletedAt: new Date(0) };
    repository.find.mockResolvedValue(deleted);
    expect(await teams.show('team_1')).toBe(deleted);
    await expect(teams.get('team_1')).rejects.toMatchObject({ message: expect.stringContaining('1970-01-01') });
  });

  it('include the platform team, which cannot be deleted', async () => {
    await expect(teams.delete('team_platform', { force: false, actor: 'admin' })).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(repository.delete).not.toHaveBeenCalled();
  });
});
