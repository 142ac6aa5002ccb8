import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiCreatedResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { type Caller, CurrentCaller } from '../common/caller';
import { pageOf } from '../common/pages';
import { toWire } from './api-key';
import { KeysService } from './keys.service';

const PATH_ID = { schema: contracts.pathIdSchema };

@ApiTags('Keys')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden', 'not_found')
@Requires('keys:read', 'team')
@Controller('admin/teams/:id/keys')
export class TeamKeysController {
  constructor(private readonly keys: KeysService) {}

  @Post()
  @Requires('keys:write', 'team')
  @ApiOperation({
    summary: 'Issue a key',
    description: 'The key is shown only in this response: the gateway stores a keyed hash of it.',
  })
  @ApiCreatedResponse({ description: 'The new key.', standardSchema: contracts.createdKeySchema })
  @ApiErrors('invalid_request')
  async create(
    @Param('id', PATH_ID) teamId: string,
    @Body({ schema: contracts.createKeySchema }) body: contracts.CreateKey,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.CreatedKey> {
    const settings = {
      name: body.name,
      models: body.models ?? null,
      rpmLimit: body.rpm_limit ?? null,
      batchLinesCount: body.batch_lines_count ?? false,
      defaultMaxTokens: body.default_max_tokens ?? null,
      cache: body.cache ?? null,
      expiresAt: body.expires_at ? new Date(body.expires_at) : null,
    };
    const { key, keyText } = await this.keys.create(teamId, body.role, settings, caller);
    return { ...toWire(key), key: keyText };
  }

  @Get()
  @ApiOperation({
    summary: "List a team's keys",
    description: 'Oldest first; revoked keys only with `include=revoked`.',
  })
  @ApiOkResponse({ description: 'The keys.', standardSchema: contracts.apiKeyListSchema })
  @ApiErrors('invalid_request')
  async list(
    @Param('id', PATH_ID) teamId: string,
    @Query({ schema: contracts.listKeysQuerySchema }) { include, limit, cursor }: contracts.ListKeysQuery,
  ): Promise<contracts.ApiKeyList> {
    const keys = await this.keys.listOfTeam(teamId, { revoked: include === 'revoked', page: { limit, cursor } });
    return pageOf(keys.map(toWire), limit);
  }
}
