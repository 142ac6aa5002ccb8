import type { Generated, JSONColumnType } from 'kysely';

export interface LedgerTables {
  ledger: LedgerTable;
  usage_rollups: UsageRollupsTable;
  cache_rollups: CacheRollupsTable;
  cache_evictions: CacheEvictionsTable;
  cache_refreshes: CacheRefreshesTable;
  accounts: AccountsTable;
  transfers: TransfersTable;
  credit_settings: CreditSettingsTable;
  ledger_closings: LedgerClosingsTable;
  ledger_refusals: LedgerRefusalsTable;
  refused_calls: RefusedCallsTable;
  /** Both sides of every transfer, of calls and others. A view. */
  entries: EntriesView;
  owners: OwnersTable;
}

/** See `RatedFacts` of the ledger; JSON as the settlement wrote it. */
export type RatedFactsColumn = object;

export type LedgerState = 'dispatched' | 'settled' | 'failed' | 'unknown';

/** One row for each try of a call, written from the journal; partitioned by month. */
export interface LedgerTable {
  request_id: string;
  attempt: number;
  state: LedgerState;
  team_id: string;
  key_id: string;
  model: string;
  provider: string | null;
  upstream_model: string | null;
  endpoint: string;
  status: number | null;
  stream: boolean;
  cache_status: string;
  cache_generation: number;
  /** Why the answer was not stored in the cache; null where it was, or where none came. */
  uncached: string | null;
  /** The first 63 bits of the cache key's hash, to find questions that were asked again. */
  question: bigint | null;
  input_tokens: number;
  cached_input_tokens: number;
  /** Null is none: few providers charge for it. */
  cache_write_tokens: number | null;
  output_tokens: number;
  reasoning_tokens: number;
  /** The row of `prices` that was charged; null for the catalogue's own. */
  price_id: string | null;
  list_cost_pusd: bigint;
  cost_pusd: bigint;
  saved_pusd: bigint;
  saved_by: string | null;
  estimated: boolean;
  /** What the price depends on besides the tokens; null where there is nothing else. */
  rated: JSONColumnType<RatedFactsColumn | null, string | null, string | null>;
  /** The attempt that this row corrects by the difference; null for a try itself. */
  corrects: number | null;
  /** The windows of budgets that paid: `budget id@unix seconds of its start`. */
  charged: string[] | null;
  error_code: string | null;
  batch_id: string | null;
  custom_id: string | null;
  tags: JSONColumnType<string[] | null>;
  created_at: Date;
  latency_ms: number | null;
  ttft_ms: number | null;
  /** Who has the attempt open: an instance or a batch. An attempt that is dispatched when its owner ends has an unknown end. */
  owner: string;
}

/**
 * Sums of ended rows by hour, by six hours and by day (UTC), on several levels, written in the statement that ends the rows. Names that are
 * missing, or that a level does not keep apart, are ''.
 */
export interface UsageRollupsTable {
  /** `hour`, `day`, or those of a coarser level, as `day by team`; each is a partition. */
  grain: string;
  period: Date;
  team_id: string;
  key_id: string;
  model: string;
  provider: string;
  cache_status: string;
  saved_by: string;
  stream: boolean;
  /** Whether the calls are lines of batches. */
  batch: boolean;
  /** A JSON list in order, or ''. */
  tags: string;
  /** SHA-256 of `tags`, which stands for them in the key; empty where there are none. */
  tags_hash: Buffer;
  /** Calls: each counts where its first attempt does. */
  requests: bigint;
  attempts: bigint;
  failures: bigint;
  /** Tries that cost something. */
  paid: bigint;
  input_tokens: bigint;
  cached_input_tokens: bigint;
  output_tokens: bigint;
  reasoning_tokens: bigint;
  /** `numeric`, which comes as text. */
  list_cost_pusd: string;
  cost_pusd: string;
  saved_pusd: string;
  /** Attempts that failed, save where the client disconnected. */
  errors: bigint;
  /** Attempts whose tokens or price are estimates, and what they cost. */
  estimated: bigint;
  estimated_cost_pusd: string;
  /** Latencies of answers, counted in buckets, as one `numeric`. */
  latency: string;
}

/** What the cache did for ended rows by day, written in the statement that ends the rows. */
export interface CacheRollupsTable {
  /** UTC; asked for as text, because `pg` makes a local time of a date. */
  day: string;
  team_id: string;
  model: string;
  generation: number;
  /** At most 200 characters of it: upstreams choose their names, and an index takes no long ones. */
  upstream_model: string;
  cache_status: string;
  /** Why answers were not stored, or ''. */
  uncached: string;
  requests: bigint;
  /** Answers that were not stored, by whatever attempt they came. */
  refused: bigint;
  /** `numeric`, which comes as text. */
  saved_pusd: string;
}

/** Calls that asked for a fresh response; processes add what they counted every few seconds. */
export interface CacheRefreshesTable {
  day: string;
  team_id: string;
  model: string;
  /** The member or header that asked for it, as `Cache-Control`. */
  cause: string;
  refreshes: bigint;
}

/** Answers that went from the memory of processes for lack of room; processes add what they counted every few seconds. */
export interface CacheEvictionsTable {
  day: string;
  /** Who shared the answer, as its key says: the team. */
  team_id: string;
  model: string;
  generation: number;
  evictions: bigint;
}

/** `team:<id>`, `provider:<name>`, `grants`, `top_ups`, `expired`. Sums of the entries; `numeric`, which comes as text. */
export interface AccountsTable {
  id: string;
  debits_pusd: string;
  credits_pusd: string;
}

export type TransferKind = 'grant' | 'top_up' | 'expiry';

/** Transfers that are no calls. */
export interface TransfersTable {
  id: string;
  kind: TransferKind;
  debit_account: string;
  credit_account: string;
  amount_pusd: bigint;
  team_id: string | null;
  /** The grant that an expiry ends. */
  grant_id: string | null;
  expires_at: Date | null;
  note: string | null;
  /** What the caller calls the transfer, so that it is booked once. */
  reference: string | null;
  actor: string;
  created_at: Generated<Date>;
}

/** Whether a team's calls are paid ahead. */
export interface CreditSettingsTable {
  team_id: string;
  prepaid: boolean;
}

/** What the rows of a dropped partition had moved. */
export interface LedgerClosingsTable {
  partition: string;
  account: string;
  debits_pusd: string;
  credits_pusd: string;
  closed_at: Generated<Date>;
}

/**
 * Rows that the ledger refused, each with the money that it moves: budgets count it, accounts and reports do not, so the
 * ledger does not add up while there is one.
 */
export interface LedgerRefusalsTable {
  request_id: string;
  attempt: number;
  /** As in the ledger; a dispatched row costs its budgets nothing yet. */
  state: LedgerState;
  /** Who has the attempt open. */
  owner: string;
  team_id: string;
  key_id: string;
  /** `numeric`, which comes as text. */
  cost_pusd: string;
  charged: string[] | null;
  /** The SQLSTATE and the message of the refusal. */
  reason: string;
  /** The row as it stood in the journal: JSON text, in bytes, because no text may be what was refused. */
  row: Buffer;
  created_at: Date;
  refused_at: Generated<Date>;
}

/** Calls that the gateway refused before an upstream was asked, by quarter of an hour; they have no rows in the ledger. */
export interface RefusedCallsTable {
  period: Date;
  team_id: string;
  key_id: string;
  /** Empty for a name that the gateway does not serve. */
  model: string;
  error_code: string;
  status: number;
  calls: bigint;
}

export interface EntriesView {
  transfer_id: string;
  account: string;
  debit_pusd: bigint;
  credit_pusd: bigint;
  created_at: Date;
}

/** Who may hold money and have attempts open. An instance that was not seen for long is dead; a batch is there until it ends. */
export interface OwnersTable {
  id: string;
  kind: 'instance' | 'batch';
  started_at: Generated<Date>;
  seen_at: Generated<Date>;
  /** What cached answers take of the memory of an instance, by model and generation, as it last said. */
  cache_bytes: JSONColumnType<CacheBytes[] | null>;
}

export interface CacheBytes {
  model: string;
  generation: number;
  bytes: number;
}
