import type { ModelCacheRules, RoutingSettings } from '@thriftgate/contracts';
import type { Generated, JSONColumnType } from 'kysely';

export interface ModelTables {
  model_generations: ModelGenerationsTable;
  deployment_versions: DeploymentVersionsTable;
  model_targets: ModelTargetsTable;
  admin_models: AdminModelsTable;
  cache_shares: CacheSharesTable;
  invalidation_rules: InvalidationRulesTable;
  audit_events: AuditEventsTable;
  audit_head: AuditHeadTable;
}

/** The cache generations of each model, newest last; the newest is the one in force. */
export interface ModelGenerationsTable {
  model: string;
  generation: number;
  version: string | null;
  /** `retargeted` only in old rows. */
  reason: 'configured' | 'declared' | 'invalidated' | 'replaced' | 'retargeted' | 'drift';
  created_at: Generated<Date>;
}

/** Each model version and fingerprint that a deployment has named in its answers. */
export interface DeploymentVersionsTable {
  deployment: string;
  kind: 'model' | 'fingerprint';
  /** For a fingerprint, the model version that it came with; else empty. */
  of_version: Generated<string>;
  name: string;
  /** When it was new; again so once it had been forgotten. */
  first_seen_at: Generated<Date>;
  last_seen_at: Generated<Date>;
  /** True for a name that was announced and that no answer has had yet. */
  expected: Generated<boolean>;
}

/** What stood behind a model's name when a process last looked: its deployments, and the version that gateway.yaml says. */
export interface ModelTargetsTable {
  model: string;
  target: string;
  version: string | null;
  updated_at: Generated<Date>;
}

/** A deployment as gateway.yaml writes it. */
export interface DeploymentSettings {
  provider: string;
  model: string;
  priority: number;
  weight: number;
  max_parallel?: number | undefined;
}

/** Models that administrators set; they lie over those of gateway.yaml and of the catalogue. */
export interface AdminModelsTable {
  name: string;
  /** Null where only the rules of the cache are set. */
  deployments: JSONColumnType<DeploymentSettings[] | null, string | null, string | null>;
  cache: JSONColumnType<ModelCacheRules | null, string | null, string | null>;
  default_max_tokens: number | null;
  /** Null where all of it is that of gateway.yaml. */
  routing: JSONColumnType<RoutingSettings | null, string | null, string | null>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

/** Teams that get each other's stored answers. */
export interface CacheSharesTable {
  id: string;
  name: string;
  all_teams: boolean;
  team_ids: JSONColumnType<string[]>;
  /** Null is every model. */
  models: JSONColumnType<string[] | null, string | null, string | null>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

/** Answers that are not served any more: those that match all that is not null. */
export interface InvalidationRulesTable {
  /** The revision of the topic `invalidations` that brought the rule, which orders rules over all processes. */
  revision: bigint;
  model: string | null;
  version: string | null;
  team_id: string | null;
  tag: string | null;
  key: string | null;
  before: Date | null;
  created_at: Generated<Date>;
  /** From then on no answer that it could match can be alive. */
  expires_at: Date;
}

/** Rows are only added, each behind the head of the chain; a trigger refuses anything else. */
export interface AuditEventsTable {
  id: string;
  /** The place in the chain, from 1 and without gaps; null in rows from before the chain. */
  seq: bigint | null;
  /** The hashes of the entry before and of this one, in hex; null as `seq`. */
  prev_hash: string | null;
  hash: string | null;
  /** A key's id, `admin` for the administrator's own, `gateway` for what it did by itself. */
  actor: string;
  action: string;
  /** What it was done to; null for everything. */
  subject: string | null;
  /** The team that it concerns; null for all teams. */
  team_id: string | null;
  /** The object before and after the change, as its route shows it; null where there was none, or for an action without one. */
  before: JSONColumnType<Record<string, unknown> | null, string | null, never>;
  after: JSONColumnType<Record<string, unknown> | null, string | null, never>;
  details: JSONColumnType<Record<string, unknown>>;
  created_at: Generated<Date>;
}

/** One row: the newest entry of the chain. An inserted entry moves it, by a trigger. */
export interface AuditHeadTable {
  seq: bigint;
  hash: string;
}
