import type { Migration } from 'kysely';
import * as firstTables from './0001-first-tables';
import * as ledger from './0002-ledger';
import * as budgets from './0003-budgets';
import * as prices from './0004-prices';
import * as alerts from './0005-alerts';
import * as idempotency from './0006-idempotency';
import * as webhookState from './0007-webhook-state';
import * as invalidation from './0008-invalidation';
import * as cacheRules from './0009-cache-rules';
import * as cacheStatistics from './0010-cache-statistics';
import * as rollupLevels from './0011-rollup-levels';
import * as wantedWindows from './0012-wanted-windows';
import * as rowsThatFailAlone from './0013-rows-that-fail-alone';
import * as owners from './0014-owners';
import * as fileExpiry from './0015-file-expiry';
import * as callsByCost from './0016-calls-by-cost';
import * as batchUsage from './0017-batch-usage';
import * as cacheRefreshes from './0018-cache-refreshes';
import * as defaultMaxTokens from './0019-default-max-tokens';
import * as moreSums from './0020-more-sums';
import * as refusedCalls from './0021-refused-calls';
import * as auditBeforeAfter from './0022-audit-before-after';
import * as journalDamages from './0023-journal-damages';
import * as sampleGenerations from './0024-sample-generations';
import * as providers from './0026-providers';
import * as ratedFacts from './0028-rated-facts';
import * as batchShards from './0029-batch-shards';
import * as batchLinesCount from './0030-batch-lines-count';
import * as shardRefusals from './0031-shard-refusals';
import * as reportLevels from './0033-report-levels';
import * as rolesAndSessions from './0036-roles-and-sessions';
import * as settings from './0037-settings-and-acknowledgements';
import * as managedKeys from './0039-managed-keys';
import * as deploymentHealth from './0040-deployment-health';
import * as fileDigests from './0041-file-digests';
import * as creationsInDoubt from './0042-creations-in-doubt';
import * as trafficThatCanWait from './0043-traffic-that-can-wait';
import * as auditChain from './0044-audit-chain';

/** Every migration by name, in the order in which they run. A migration that has landed is never changed. */
export const MIGRATIONS: Record<string, Migration> = {
  '0001-first-tables': firstTables,
  '0002-ledger': ledger,
  '0003-budgets': budgets,
  '0004-prices': prices,
  '0005-alerts': alerts,
  '0006-idempotency': idempotency,
  '0007-webhook-state': webhookState,
  '0008-invalidation': invalidation,
  '0009-cache-rules': cacheRules,
  '0010-cache-statistics': cacheStatistics,
  '0011-rollup-levels': rollupLevels,
  '0012-wanted-windows': wantedWindows,
  '0013-rows-that-fail-alone': rowsThatFailAlone,
  '0014-owners': owners,
  '0015-file-expiry': fileExpiry,
  '0016-calls-by-cost': callsByCost,
  '0017-batch-usage': batchUsage,
  '0018-cache-refreshes': cacheRefreshes,
  '0019-default-max-tokens': defaultMaxTokens,
  '0020-more-sums': moreSums,
  '0021-refused-calls': refusedCalls,
  '0022-audit-before-after': auditBeforeAfter,
  '0023-journal-damages': journalDamages,
  '0024-sample-generations': sampleGenerations,
  '0026-providers': providers,
  '0028-rated-facts': ratedFacts,
  '0029-batch-shards': batchShards,
  '0030-batch-lines-count': batchLinesCount,
  '0031-shard-refusals': shardRefusals,
  '0033-report-levels': reportLevels,
  '0036-roles-and-sessions': rolesAndSessions,
  '0037-settings-and-acknowledgements': settings,
  '0039-managed-keys': managedKeys,
  '0040-deployment-health': deploymentHealth,
  '0041-file-digests': fileDigests,
  '0042-creations-in-doubt': creationsInDoubt,
  '0043-traffic-that-can-wait': trafficThatCanWait,
  '0044-audit-chain': auditChain,
};
