import type { Role } from '../common/permissions';
import type { KeyCacheRules } from '@thriftgate/contracts';
import type { Generated, JSONColumnType } from 'kysely';
import type { AccessTables } from './tables/access-tables';
import type { AlertTables } from './tables/alert-tables';
import type { BudgetTables } from './tables/budget-tables';
import type { IdempotencyTables } from './tables/idempotency-tables';
import type { LedgerTables } from './tables/ledger-tables';
import type { ModelTables } from './tables/model-tables';
import type { PriceTables } from './tables/price-tables';
import type { ProviderTables } from './tables/provider-tables';
import type { SettingsTables } from './tables/settings-tables';

/** The tables as Kysely sees them. Times are Dates, `bigint` columns are bigints, money is in pico-dollars. */
export interface Schema
  extends
    AccessTables,
    LedgerTables,
    BudgetTables,
    PriceTables,
    AlertTables,
    IdempotencyTables,
    ModelTables,
    ProviderTables,
    SettingsTables {
  settings: SettingsTable;
  revisions: RevisionsTable;
  teams: TeamsTable;
  api_keys: ApiKeysTable;
  files: FilesTable;
  file_chunks: FileChunksTable;
  batches: BatchesTable;
  batch_lines: BatchLinesTable;
  batch_shards: BatchShardsTable;
}

export interface SettingsTable {
  name: string;
  value: string;
}

/** A counter a topic, raised with each change, so that every process notices what it holds in memory is old. */
export interface RevisionsTable {
  topic: string;
  revision: bigint;
}

export interface TeamsTable {
  id: string;
  name: string;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
  deleted_at: Date | null;
}

export interface ApiKeysTable {
  id: string;
  team_id: string;
  name: string;
  role: Role;
  /** The first characters, for people to tell keys apart. */
  prefix: string;
  /** HMAC-SHA256 of the key under SECRET_KEY, in hex. The key itself is kept nowhere. */
  hash: string;
  models: JSONColumnType<string[] | null>;
  rpm_limit: number | null;
  default_max_tokens: number | null;
  /** Whether the lines of its batches that run live count as requests per minute. */
  batch_lines_count: Generated<boolean>;
  /** Null where its calls may have what they ask for. */
  cache: JSONColumnType<KeyCacheRules | null, string | null, string | null>;
  /** Whether the gateway has made it for the console; its text is not kept. */
  managed: Generated<boolean>;
  expires_at: Date | null;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
  revoked_at: Date | null;
  /** The key that took this one's place; this one works until it expires. */
  replaced_by: string | null;
  /** The revision of the topic `keys` that last changed the row: what is above the one a process knows, it must read. */
  revision: bigint;
}

export interface FilesTable {
  id: string;
  team_id: string;
  filename: string;
  purpose: string;
  bytes: bigint;
  /** Of the content, in hex. Null of files from before it was recorded. */
  sha256: string | null;
  created_at: Generated<Date>;
  /** Null while the content is still being written; no route shows such a file. */
  ready_at: Date | null;
  /** Null keeps the file until it is deleted. After it no route shows the file. */
  expires_at: Date | null;
}

/** A file's content in pieces of at most a megabyte, in the database so that every replica can read it. */
export interface FileChunksTable {
  file_id: string;
  chunk: number;
  content: Buffer;
}

export type BatchStatus =
  'validating' | 'failed' | 'in_progress' | 'finalizing' | 'completed' | 'expired' | 'cancelling' | 'cancelled';

export interface BatchesTable {
  id: string;
  team_id: string;
  key_id: string;
  endpoint: string;
  /** The call that made it. */
  request_id: string;
  status: BatchStatus;
  completion_window: string;
  input_file_id: string;
  /** How long its result files are kept; null keeps them until they are deleted. */
  output_expires_after_s: number | null;
  output_file_id: string | null;
  error_file_id: string | null;
  metadata: JSONColumnType<Record<string, string> | null>;
  /** Why the batch has failed: the first line of each reason. */
  errors: JSONColumnType<{ code: string; message: string; line: number | null; param: string | null }[] | null>;
  total_lines: number;
  /** Counted up with the results, in the statement that writes them. */
  completed_lines: Generated<number>;
  failed_lines: Generated<number>;
  cached_lines: Generated<number>;
  list_cost_pusd: Generated<bigint>;
  cost_pusd: Generated<bigint>;
  saved_pusd: Generated<bigint>;
  /** Who answered, without those who only stood in the cache. */
  input_tokens: Generated<bigint>;
  cached_input_tokens: Generated<bigint>;
  output_tokens: Generated<bigint>;
  reasoning_tokens: Generated<bigint>;
  /** The upstreams' names of the models that wrote responses. */
  models: Generated<string[]>;
  providers: Generated<string[]>;
  /** Held by the process that writes the output files. */
  lease_token: string | null;
  lease_until: Date | null;
  created_at: Date;
  in_progress_at: Date | null;
  finalizing_at: Date | null;
  completed_at: Date | null;
  failed_at: Date | null;
  expired_at: Date | null;
  cancelling_at: Date | null;
  cancelled_at: Date | null;
  expires_at: Date;
  /** When it was decided how each line runs. */
  planned_at: Date | null;
  /** Whether what a vendor has not done near the end of the window is run directly. */
  escalate: Generated<boolean>;
  escalated_at: Date | null;
  deduplicated_lines: Generated<number>;
  escalated_lines: Generated<number>;
}

/** `sharded`: a vendor's batch runs it. `same`: it waits for the answer of an equal line. */
export type LineState = 'pending' | 'running' | 'sharded' | 'same' | 'done' | 'failed' | 'cancelled' | 'expired';

/** One question of a batch. The holder of its lease token alone may write its result, once. */
export interface BatchLinesTable {
  batch_id: string;
  line_no: number;
  custom_id: string;
  state: LineState;
  url: string;
  /** The request body, JSON text as it was sent. */
  body: string;
  lease_token: string | null;
  lease_until: Date | null;
  /** How often the line was started; one that takes its process down twice is set aside. */
  starts: Generated<number>;
  request_id: string | null;
  response_status: number | null;
  /** JSON text: the answer's body where there is a status, else the error. */
  result: string | null;
  /** The shard that it is or was in. */
  shard_id: string | null;
  /** The number of the earlier line of its batch that asks the same. */
  same_as: number | null;
  /** What lines that wait for this one's answer need of it; null without an answer. */
  answer: JSONColumnType<LineAnswer | null>;
}

/** Who wrote an answer, and what it cost at list price. */
export interface LineAnswer {
  provider: string | null;
  model: string | null;
  usage: { inputTokens: number; cachedInputTokens: number; outputTokens: number; reasoningTokens: number };
  /** A whole number in decimals. */
  listCostPusd: string;
}

/** `planned`: nothing is sent. `sending`: its attempts are open. `sent`: the vendor has it. */
export type ShardState = 'planned' | 'sending' | 'sent' | 'ended';

/** A part of a batch that one vendor's batch runs. The holder of its lease token alone may change it. */
export interface BatchShardsTable {
  id: string;
  batch_id: string;
  provider: string;
  /** The stored key of the provider whose account has the batch; null for the provider's only one. */
  provider_key: string | null;
  /** The public name. */
  model: string;
  upstream_model: string;
  deployment: string;
  state: ShardState;
  lines: number;
  /** What its lines cost at worst, together. */
  worst_pusd: bigint;
  /** The windows of budgets that pay. */
  charged: string[] | null;
  input_file_id: string | null;
  /** Set before the request that creates the vendor's batch, and unset where that one surely has not. */
  creating_at: Date | null;
  /** The instance that sends that request; null once the request is known to have ended. */
  creating_by: string | null;
  /** When the batch was first not in the vendor's list, after that request. */
  missing_at: Date | null;
  /** The provider, while a creation that cannot be told from others may be in doubt. */
  alone_at: string | null;
  vendor_batch_id: string | null;
  vendor_status: string | null;
  cancel_asked_at: Date | null;
  /** How often requests failed in a row. */
  tries: Generated<number>;
  /** How often the vendor refused it because its queue was full. */
  refusals: Generated<number>;
  error: string | null;
  /** When it is looked at again. */
  next_at: Generated<Date>;
  polls: Generated<number>;
  lease_token: string | null;
  lease_until: Date | null;
  created_at: Generated<Date>;
  ended_at: Date | null;
}
