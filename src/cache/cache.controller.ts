import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Roles } from '../common/access.decorators';
import { ApiErrors } from '../common/api-errors.decorator';
import { CacheStatsService } from './stats/cache-stats.service';
import { InvalidationService } from './invalidation/invalidation.service';

@ApiTags('Cache')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Roles('platform_admin')
@Controller('admin/cache')
export class CacheController {
  constructor(
    private readonly stats: CacheStatsService,
    private readonly invalidation: InvalidationService,
  ) {}

  @Get('stats')
  @ApiOperation({
    summary: 'What the cache holds and has saved',
    description:
      'Counted from the ledger, so it is the same on every replica and after a restart. One row a generation of a model.',
  })
  @ApiOkResponse({ description: 'Counts over all teams.', standardSchema: contracts.cacheStatsSchema })
  read(): Promise<contracts.CacheStats> {
    return this.stats.read();
  }

  @Post('invalidate')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Take answers out of service',
    description:
      'Starts a new cache generation of the model, or of all. In force here when this is answered, on other replicas at once.',
  })
  @ApiOkResponse({ description: 'The generation now in force.', standardSchema: contracts.cacheInvalidatedSchema })
  @ApiErrors('invalid_request', 'model_not_found')
  async invalidate(
    @Body({ schema: contracts.invalidateCacheSchema }) body: contracts.InvalidateCache,
  ): Promise<contracts.CacheInvalidated> {
    const { generation, invalidatedKeys } = await this.invalidation.invalidate({
      model: body.model,
      dryRun: body.dry_run === true,
    });
    return { generation, invalidated_keys: invalidatedKeys };
  }
}
