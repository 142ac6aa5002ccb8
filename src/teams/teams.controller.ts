import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Roles } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import type { Team } from './team';
import { TeamsService } from './teams.service';

const PATH_ID = { schema: contracts.pathIdSchema };

@ApiTags('Teams')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Roles('platform_admin')
@Controller('admin/teams')
export class TeamsController {
  constructor(private readonly teams: TeamsService) {}

  @Post()
  @ApiOperation({
    summary: 'Create a team',
    description: 'Calls, costs and cached responses belong to a team. Names are unique.',
  })
  @ApiCreatedResponse({ description: 'The team.', standardSchema: contracts.teamSchema })
  @ApiErrors('invalid_request', 'conflict')
  async create(@Body({ schema: contracts.createTeamSchema }) body: contracts.CreateTeam): Promise<contracts.Team> {
    return toWire(await this.teams.create(body.name));
  }

  @Get()
  @ApiOperation({ summary: 'List the teams', description: 'Oldest first; deleted teams are left out.' })
  @ApiOkResponse({ description: 'All teams.', standardSchema: contracts.teamListSchema })
  async list(): Promise<contracts.TeamList> {
    return { data: (await this.teams.list()).map(toWire) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a team' })
  @ApiOkResponse({ description: 'The team.', standardSchema: contracts.teamSchema })
  @ApiErrors('not_found')
  async get(@Param('id', PATH_ID) id: string): Promise<contracts.Team> {
    return toWire(await this.teams.get(id));
  }

  @Patch(':id')
  @ApiOperation({ summary: 'Rename a team' })
  @ApiOkResponse({ description: 'The team with its new name.', standardSchema: contracts.teamSchema })
  @ApiErrors('invalid_request', 'not_found', 'conflict')
  async update(
    @Param('id', PATH_ID) id: string,
    @Body({ schema: contracts.updateTeamSchema }) body: contracts.UpdateTeam,
  ): Promise<contracts.Team> {
    return toWire(await this.teams.rename(id, body.name));
  }

  @Delete(':id')
  @ApiOperation({ summary: 'Delete a team', description: 'Revokes its keys at once. Past calls stay in the reports.' })
  @ApiOkResponse({ description: 'The team is deleted.', standardSchema: contracts.deletedSchema })
  @ApiErrors('not_found', 'conflict')
  async delete(@Param('id', PATH_ID) id: string): Promise<contracts.Deleted> {
    await this.teams.delete(id);
    return { id, deleted: true };
  }
}

function toWire(team: Team): contracts.Team {
  return {
    id: team.id,
    name: team.name,
    created_at: team.createdAt.toISOString(),
    updated_at: team.updatedAt.toISOString(),
  };
}
