import { Body, Controller, Delete, Get, Param, Patch, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Requires } from '../../http/access.decorators';
import { ApiErrors } from '../../http/api-errors.decorator';
import { type Caller, CurrentCaller } from '../../common/caller';
import { CREATE_BODY, CREATE_DESCRIPTION, DELETE_DESCRIPTION, UPDATE_BODY, UPDATE_DESCRIPTION } from './shares.docs';
import { toWire } from './share';
import { SharesService } from './shares.service';

const PATH_ID = { schema: contracts.pathIdSchema };

/** Administers the shares: which teams read each other's stored responses. */
@ApiTags('Cache')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('cache:read')
@Controller('admin/cache/shares')
export class SharesController {
  constructor(private readonly shares: SharesService) {}

  @Post()
  @Requires('cache:write')
  @ApiOperation({ summary: 'Let teams share stored responses', description: CREATE_DESCRIPTION })
  @ApiBody(CREATE_BODY)
  @ApiCreatedResponse({ description: 'The share.', standardSchema: contracts.cacheShareSchema })
  @ApiErrors('invalid_request', 'conflict')
  async create(
    @Body({ schema: contracts.createCacheShareSchema }) body: contracts.CreateCacheShare,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.CacheShare> {
    const { name, team_ids: teamIds, all, models } = body;
    return toWire(await this.shares.create({ name, teamIds, all, models }, caller.keyId));
  }

  @Get()
  @ApiOperation({ summary: 'List the shares', description: 'Oldest first. Deleted teams are left out.' })
  @ApiOkResponse({ description: 'The shares.', standardSchema: contracts.cacheShareListSchema })
  async list(): Promise<contracts.CacheShareList> {
    return { data: (await this.shares.list()).map(toWire) };
  }

  @Get(':id')
  @ApiOperation({ summary: 'Show a share' })
  @ApiOkResponse({ description: 'The share.', standardSchema: contracts.cacheShareSchema })
  @ApiErrors('not_found')
  async get(@Param('id', PATH_ID) id: string): Promise<contracts.CacheShare> {
    return toWire(await this.shares.get(id));
  }

  @Patch(':id')
  @Requires('cache:write')
  @ApiOperation({ summary: 'Change the teams or models of a share', description: UPDATE_DESCRIPTION })
  @ApiBody(UPDATE_BODY)
  @ApiOkResponse({ description: 'The share as it is now.', standardSchema: contracts.cacheShareSchema })
  @ApiErrors('invalid_request', 'not_found', 'conflict')
  async update(
    @Param('id', PATH_ID) id: string,
    @Body({ schema: contracts.updateCacheShareSchema }) body: contracts.UpdateCacheShare,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.CacheShare> {
    const { name, team_ids: teamIds, all, models } = body;
    return toWire(await this.shares.update(id, { name, teamIds, all, models }, caller.keyId));
  }

  @Delete(':id')
  @Requires('cache:write')
  @ApiOperation({ summary: 'End a share', description: DELETE_DESCRIPTION })
  @ApiOkResponse({ description: 'The share is ended.', standardSchema: contracts.deletedSchema })
  @ApiErrors('not_found')
  async delete(@Param('id', PATH_ID) id: string, @CurrentCaller() caller: Caller): Promise<contracts.Deleted> {
    await this.shares.delete(id, caller.keyId);
    return { id, deleted: true };
  }
}
