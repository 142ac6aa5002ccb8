import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { type Caller, CurrentCaller } from '../common/caller';
import { InvalidateDocs, StatsDocs } from './cache.docs';
import type { Criteria } from './invalidation/invalidation-rule';
import { keyOfHeader } from './key/cache-key';
import { CacheStatsService } from './stats/cache-stats.service';
import { InvalidationService } from './invalidation/invalidation.service';

@ApiTags('Cache')
@ApiBearerAuth()
@ApiErrors('invalid_api_key', 'forbidden')
@Requires('cache:read', 'query')
@Controller('admin/cache')
export class CacheController {
  constructor(
    private readonly stats: CacheStatsService,
    private readonly invalidation: InvalidationService,
  ) {}

  @Get('stats')
  @StatsDocs()
  read(
    @Query({ schema: contracts.cacheStatsQuerySchema }) query: contracts.CacheStatsQuery,
  ): Promise<contracts.CacheStats> {
    return this.stats.read(query);
  }

  @Post('invalidate')
  @Requires('cache:invalidate', 'body')
  @HttpCode(200)
  @InvalidateDocs()
  async invalidate(
    @Body({ schema: contracts.invalidateCacheSchema }) body: contracts.InvalidateCache,
    @CurrentCaller() caller: Caller,
  ): Promise<contracts.CacheInvalidated> {
    const { dry_run: dryRun, replaced_by: replacedBy, ...members } = body;
    const { generation, invalidatedKeys } = await this.invalidation.invalidate({
      criteria: criteriaOf(body),
      replacedBy,
      dryRun: dryRun === true,
      actor: caller.keyId,
      what: namesOf({ ...members, replaced_by: replacedBy }),
    });
    return { generation, invalidated_keys: invalidatedKeys };
  }
}

function criteriaOf({ model, version, team_id: teamId, tag, key, before }: contracts.InvalidateCache): Criteria {
  return {
    ...(model === undefined ? {} : { model }),
    ...(version === undefined ? {} : { version }),
    ...(teamId === undefined ? {} : { teamId }),
    ...(tag === undefined ? {} : { tag }),
    ...(key === undefined ? {} : { key: keyOfHeader(key) }),
    ...(before === undefined ? {} : { beforeMs: Date.parse(before) }),
  };
}

function namesOf(members: Record<string, string | boolean | undefined>): Record<string, string> {
  const given = Object.entries(members).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}
