import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { pageOf } from '../common/pages';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { toWire } from './api-key';
import { KeySearchRepository } from './key-search.repository';

@ApiTags('Keys')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden', 'not_found')
@Requires('keys:read', 'query')
@Controller('admin/keys')
export class AllKeysController {
  constructor(private readonly keys: KeySearchRepository) {}

  @Get()
  @ApiOperation({
    summary: 'Find keys',
    description:
      'Keys of all teams, oldest first, by a part of their name; revoked keys only with `include=revoked`. Team admins find ' +
      'those of their team.',
  })
  @ApiOkResponse({ description: 'The keys.', standardSchema: contracts.apiKeyListSchema })
  @ApiErrors('invalid_request')
  async find(
    @Query({ schema: contracts.findKeysQuerySchema }) query: contracts.FindKeysQuery,
  ): Promise<contracts.ApiKeyList> {
    const { include, name, team_id: teamId, limit, cursor } = query;
    const keys = await this.keys.find({ teamId, name, revoked: include === 'revoked', page: { limit, cursor } });
    return pageOf(keys.map(toWire), limit);
  }
}
