import { applyDecorators } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { cacheInvalidatedSchema, cacheStatsSchema, invalidateCacheSchema } from '@thriftgate/contracts';
import { ApiErrors } from '../http/api-errors.decorator';
import { bodyOf } from '../http/openapi/contract-schema';

const DESCRIPTION = `Takes the answers out of service that match **all** members that are given. It holds in this process when it is
answered, on other replicas within 100 ms, and within a second while Redis is away. An answer whose question was asked before is
not stored afterwards.

A \`model\` alone, or \`all\`, starts a new cache generation; anything finer makes a rule that lives as long as the longest
answer. \`dry_run\` counts and changes nothing. Each invalidation is in \`/admin/audit\` and raises the alert \`cache_invalidated\`.`;

const EXAMPLES = {
  model: { summary: 'A model', value: { model: 'gpt-4.1' } },
  version: { summary: 'What one version of a model wrote', value: { model: 'gpt-4.1', version: 'gpt-4.1-2025-04-14' } },
  replaced_model: {
    summary: 'An old model gave way to a new one',
    value: { model: 'gpt-4.1', replaced_by: 'gpt-4.1-2026-11-01' },
  },
  replaced_version: {
    summary: 'An old version gave way to a new one',
    value: { version: 'gpt-4.1-2025-04-14', replaced_by: 'gpt-4.1-2026-11-01' },
  },
  team: { summary: 'A team’s answers', value: { team_id: 'team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE' } },
  tag: { summary: 'Answers with a tag, of one model', value: { tag: 'product-catalogue', model: 'gpt-4.1' } },
  key: {
    summary: 'One answer',
    value: { key: 'ai_cache:team_01KAS5M8Z2Q6W9Y3T7N4B1C0DE:gpt-4.1:1:9f86d081884c7d65…' },
  },
  before: { summary: 'What was asked before a time', value: { before: '2026-11-23T09:00:00Z' } },
  all: { summary: 'Everything', value: { all: true } },
  dry_run: { summary: 'Count only', value: { model: 'gpt-4.1', dry_run: true } },
};

/** What `/docs` says of invalidation, with an example for each way. */
export function InvalidateDocs(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'Take answers out of service', description: DESCRIPTION }),
    ApiBody(bodyOf(invalidateCacheSchema, EXAMPLES)),
    ApiOkResponse({
      description: 'The generation now in force, and how many answers went.',
      standardSchema: cacheInvalidatedSchema,
    }),
    ApiErrors('invalid_request', 'model_not_found'),
  );
}

const STATS_DESCRIPTION = `Kept in counters by day (UTC): the same on every replica and after a restart, and they stay when a month of the
ledger is dropped. \`models\` has a row for each generation of a model; \`group_by\` adds \`data\` with a row for each group. A call counts by
its \`x-cache-status\`, once, as in \`/admin/usage?group_by=cache_status\`. \`total_keys\`, \`keys\` and \`bytes\` are what is held now, of all
teams, whatever span or team is asked for.`;

/** What `/docs` says of the statistics. */
export function StatsDocs(): MethodDecorator {
  return applyDecorators(
    ApiOperation({ summary: 'What the cache holds and has saved', description: STATS_DESCRIPTION }),
    ApiOkResponse({ description: 'Counts over all teams, or of one.', standardSchema: cacheStatsSchema }),
    ApiErrors('invalid_request'),
  );
}
