/** The data of each kind of alert. Dollars are decimal strings, times RFC 3339. */
export interface AlertData {
  budget_threshold: {
    budget_id: string;
    scope: string;
    share: number;
    spent_usd: string;
    limit_usd: string;
    resets_at: string | null;
  };
  budget_exhausted: {
    budget_id: string;
    scope: string;
    team_id: string;
    /** The key of the first call that did not fit. */
    key_id: string;
    /** What happens to such calls. */
    action: string;
    /** How many did not fit so far, at one replica. */
    refused: number;
    spent_usd: string;
    /** The most that the first of them could cost. */
    needed_usd: string;
    limit_usd: string;
    resets_at: string | null;
  };
  budget_forecast: { budget_id: string; scope: string; forecast_usd: string; limit_usd: string; resets_at: string };
  spend_anomaly: { team_id: string; hour: string; spent_usd: string; usual_usd: string };
  model_drift: { model: string; deployment: string; before: string; now: string; generation: number };
  cache_invalidated: {
    reason: string;
    by: string;
    /** The selection of an invalidation: the members of its request, or the model and its version. */
    what: Record<string, string>;
    generation: number;
    /** How many responses were invalidated; null if they were not counted. */
    invalidated_keys: number | null;
  };
  models_retargeted: {
    models: number;
    /** Some of them. */
    names: string[];
  };
  price_changed: { source: string; models: string[]; prices: number; valid_from: string };
  credit_low: { team_id: string; share: number; balance_usd: string };
  credit_expiring: { team_id: string; grant_id: string; remaining_usd: string; expires_at: string };
  ledger_row_refused: {
    request_id: string;
    /** Null where only the end of an attempt is missing. */
    team_id: string | null;
    cost_usd: string;
    /** The SQLSTATE and the message of the database. */
    reason: string;
    /** How many rows are set aside in all. */
    refused: number;
  };
  journal_damaged: {
    /** The file name of the segment; the damaged bytes are kept beside it, with `.damaged` behind its name. */
    segment: string;
    lines: number;
    bytes: number;
  };
  provider_auth_failed: {
    provider: string;
    /** The deployment whose attempt was refused first. */
    deployment: string;
    /** Name and last characters of the key, where the provider has several; null for its only one. */
    key: string | null;
    /** `upstream_auth`, or `upstream_billing` where the account has no credit left. */
    code: string;
    message: string;
  };
  provider_failing: {
    provider: string;
    /** Null where the attempts at all deployments of the provider were counted together. */
    deployment: string | null;
    failed: number;
    attempts: number;
    minutes: number;
    /** Code and message of the last failure. */
    code: string | null;
    message: string;
  };
  model_unavailable: { model: string; provider: string; deployment: string; code: string | null; message: string };
  price_unknown: {
    model: string;
    /** The deployment of the first call without a known price. */
    deployment: string;
    /** The prices that are charged. */
    input_usd_per_mtok: string;
    output_usd_per_mtok: string;
  };
  model_retiring: {
    model: string;
    deployment: string;
    /** The day on which the vendor retires the model, as `2027-01-14`. */
    retires_on: string;
    /** Until then; 0 on the day, negative after it. */
    days: number;
  };
  batch_not_run: {
    team_id: string;
    batch_id: string;
    provider: string;
    model: string;
    /** How many lines run as live calls. */
    lines: number;
    /** What they cost more than in a batch of the vendor, at most. */
    more_usd: string;
    /** Why the vendor has not run them, in its words where it has some. */
    message: string;
  };
  batch_status_unknown: {
    batch_id: string;
    shard_id: string;
    provider: string;
    /** The vendor's word. */
    status: string;
    vendor_batch_id: string;
  };
  admin_key_sign_in: {
    session_id: string;
    /** The address that the gateway sees: behind a proxy that of the proxy. */
    address: string;
    agent: string;
  };
  batch_in_doubt: { team_id: string; batch_id: string; provider: string; model: string; lines: number };
  'batch.completed': BatchEndData;
  'batch.failed': BatchEndData;
  'batch.expired': BatchEndData;
  'batch.cancelled': BatchEndData;
  webhook_test: { webhook_id: string };
}

/** How a batch ended. */
export interface BatchEndData {
  team_id: string;
  batch_id: string;
  total: number;
  completed: number;
  failed: number;
  cost_usd: string;
  saved_usd: string;
  output_file_id: string | null;
  error_file_id: string | null;
}

export type AlertKind = keyof AlertData;

export type Severity = 'info' | 'warning' | 'critical';

/** An alert to raise. */
export interface NewAlert<Kind extends AlertKind = AlertKind> {
  kind: Kind;
  severity: Severity;
  /** Identifies the cause: of several alerts with one key, over all processes, only the first is stored and sent. */
  dedupeKey: string;
  teamId: string | null;
  data: AlertData[Kind];
}

export interface Alert {
  id: string;
  kind: AlertKind;
  severity: Severity;
  teamId: string | null;
  data: AlertData[AlertKind];
  textEn: string;
  textKo: string;
  /** Null until it is acknowledged. */
  acknowledged: { at: Date; by: string } | null;
  createdAt: Date;
}
