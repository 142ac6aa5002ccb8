import { Body, Controller, Get, HttpCode, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import * as contracts from '@thriftgate/contracts';
import { Requires } from '../http/access.decorators';
import { ApiErrors } from '../http/api-errors.decorator';
import { type Caller, CurrentCaller, CurrentScope, type Scope } from '../common/caller';
import { InvalidateDocs, StatsDocs } from './cache.docs';
import type { Criteria } from './invalidation/invalidation-rule';
import { keyOfHeader } from './key/cache-key';
import { CacheStatsService } from './stats/cache-stats.service';
import { InvalidationPreview } from './invalidation/invalidation-preview.service';
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
    private readonly preview: InvalidationPreview,
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
    @CurrentScope() scope: Scope,
  ): Promise<contracts.CacheInvalidated> {
    const { dry_run: dryRun, replaced_by: replacedBy, ...members } = body;
    const criteria = criteriaOf(body);
    if (dryRun) {
      const generation = await this.invalidation.generationIn(criteria);
      const { invalidatedKeys, dryRun: found } = await this.preview.of(criteria, scope);
      return { generation, invalidated_keys: invalidatedKeys, dry_run: found };
    }
    const { generation, invalidatedKeys } = await this.invalidation.invalidate({
      criteria,
      replacedBy,
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
