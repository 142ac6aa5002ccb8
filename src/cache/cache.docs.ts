import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { cacheInvalidatedSchema, cacheStatsSchema, invalidateCacheSchema } from '@thriftgate/contracts';
import { ApiErrors } from '../http/api-errors.decorator';
import { bodyOf } from '../http/openapi/contract-schema';

const DESCRIPTION = `Takes the responses out of service that match **all** given members: in this process before the call returns, on other
replicas within 100 ms, and within a second while Redis is away. A call that started before the invalidation does not store its
response afterwards.

A \`model\` alone, or \`all\`, starts a new cache generation; narrower criteria make a rule, which is in force until the last
response that it can match expires. \`dry_run\` changes nothing, and says under \`dry_run\` what would be lost: responses
and bytes by model, about what it costs to fill the cache again, and which teams have hits on them. Each invalidation is recorded in \`/admin/audit\` and
raises the alert \`cache_invalidated\`.`;

const EXAMPLES = {
  model: { summary: 'A model', value: { model: 'gpt-4.1' } },
  version: {
    summary: 'The responses of one model version',
    value: { model: 'gpt-4.1', version: 'gpt-4.1-2025-04-14' },
  },
  replaced_model: {
    summary: 'A new model replaces an old one',
    value: { model: 'gpt-4.1', replaced_by: 'gpt-4.1-2026-11-01' },
  },
  replaced_version: {
    summary: 'A new version replaces an old one',
    value: { version: 'gpt-4.1-2025-04-14', replaced_by: 'gpt-4.1-2026-11-01' },
  },
  team: { summary: 'A team’s responses', value: { team_id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE' } },
  tag: { summary: 'Responses with a tag, of one model', value: { tag: 'product-catalogue', model: 'gpt-4.1' } },
  key: {
    summary: 'One response',
    value: { key: 'ai_cache:team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE:gpt-4.1:1:9f86d081884c7d65…' },
  },
  before: { summary: 'Responses to calls before a time', value: { before: '2026-11-23T09:00:00Z' } },
  all: { summary: 'All responses', value: { all: true } },
  dry_run: { summary: 'Count only', value: { model: 'gpt-4.1', dry_run: true } },
};

/** The OpenAPI documentation of invalidation, with an example of each kind. */
export function InvalidateDocs(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Invalidate stored responses', description: DESCRIPTION }),
    ApiBody(bodyOf(invalidateCacheSchema, EXAMPLES)),
    ApiOkResponse({
      description: 'The generation now in force, and how many responses were invalidated.',
      standardSchema: cacheInvalidatedSchema,
    }),
    ApiErrors('invalid_request', 'model_not_found'),
  );
}

const STATS_DESCRIPTION = `Counts come from daily counters (UTC): they are the same on every replica and after a restart, and stay when a month of
the ledger is dropped. \`models\` has a row for each generation of a model; \`group_by\` adds \`data\` with a row for each group. Each call
counts once, by its \`x-cache-status\`, as in \`/admin/usage?group_by=cache_status\`. \`total_keys\`, \`keys\` and \`bytes\` are what the cache
holds now for all teams, regardless of the requested span and team. For a line of the hit rate of each generation by day, send
\`group_by=model,generation,day\`; \`generations\` says when and why each began.`;

/** The OpenAPI documentation of the statistics. */
export function StatsDocs(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Show what the cache holds and saves', description: STATS_DESCRIPTION }),
    ApiOkResponse({ description: 'Counts of all teams, or of one.', standardSchema: cacheStatsSchema }),
    ApiErrors('invalid_request'),
  );
}
