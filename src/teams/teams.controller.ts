import { Body, Controller, Delete, Get, Param, Patch, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import type { FastifyReply } from 'fastify';
import { type Actor, ApiIfMatch, CurrentActor, setVersion } from '../audit/seen-version';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { type Caller, CurrentCaller, CurrentScope, type Scope } from '../common/caller';
import { pageOf } from '../common/pages';
import { toWire } from './team';
import { TeamsService } from './teams.service';

const PATH_ID = { schema: contracts.pathIdSchema };

@ApiTags('Teams')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('teams:read', 'team')
@Controller('admin/teams')
export class TeamsController {
  constructor(private readonly teams: TeamsService) {}

  @Post()
  @Requires('teams:write')
  @ApiOperation({
    summary: 'Create a team',
    description: 'Calls, costs and cached responses belong to a team. Names are unique.',
  })
  @ApiCreatedResponse({ description: 'The team.', standardSchema: contracts.teamSchema })
  @ApiErrors('invalid_request', 'conflict')
  async create(
    @Body({ schema: contracts.createTeamSchema }) body: contracts.CreateTeam,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.Team> {
    return toWire(await this.teams.create(body.name, caller.keyId));
  }

  @Get()
  @Requires('teams:read', 'handler')
  @ApiOperation({
    summary: 'List the teams',
    description: 'Oldest first; deleted teams only with `include=deleted`. Team admins and members see their own team.',
  })
  @ApiOkResponse({ description: 'The teams.', standardSchema: contracts.teamListSchema })
  @ApiErrors('invalid_request')
  async list(
    @Query({ schema: contracts.listTeamsQuerySchema }) { include, limit, cursor }: contracts.ListTeamsQuery,
    @CurrentScope() { teamId }: Scope,
  ): Promise<contracts.TeamList> {
    const teams = await this.teams.list({ deleted: include === 'deleted', teamId, page: { limit, cursor } });
    return pageOf(teams.map(toWire), limit);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a team', description: 'Also a deleted one, with `deleted_at`.' })
  @ApiOkResponse({ description: 'The team.', standardSchema: contracts.teamSchema })
  @ApiErrors('not_found')
  async get(
    @Param('id', PATH_ID) id: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<contracts.Team> {
    const team = toWire(await this.teams.show(id));
    setVersion(reply, team);
    return team;
  }

  @Patch(':id')
  @ApiIfMatch()
  @Requires('teams:write')
  @ApiOperation({ summary: 'Rename a team' })
  @ApiOkResponse({ description: 'The team with its new name.', standardSchema: contracts.teamSchema })
  @ApiErrors('invalid_request', 'not_found', 'conflict')
  async update(
    @Param('id', PATH_ID) id: string,
    @Body({ schema: contracts.updateTeamSchema }) body: contracts.UpdateTeam,
    @CurrentActor() actor: Actor,
  ): Promise<contracts.Team> {
    return toWire(await this.teams.rename(id, body.name, actor));
  }

  @Delete(':id')
  @ApiIfMatch()
  @Requires('teams:write')
  @ApiOperation({
    summary: 'Delete a team',
    description:
      'A team with live keys or a balance is a 409 unless `force=true`, which revokes its keys at once. ' +
      'Its name, keys, calls, credits and statements stay readable.',
  })
  @ApiOkResponse({ description: 'The team is deleted.', standardSchema: contracts.deletedSchema })
  @ApiErrors('invalid_request', 'not_found', 'conflict')
  async delete(
    @Param('id', PATH_ID) id: string,
    @Query({ schema: contracts.deleteTeamQuerySchema }) { force }: contracts.DeleteTeamQuery,
    @CurrentActor() actor: Actor,
  ): Promise<contracts.Deleted> {
    await this.teams.delete(id, { force: force === 'true', actor });
    return { id, deleted: true };
  }
}
