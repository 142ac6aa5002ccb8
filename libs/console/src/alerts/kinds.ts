import type { AlertKind } from '@thriftgate/contracts';

/** Every kind of alert, by what it is about. The type makes a missing one an error. */
const ALL: Readonly<Record<AlertKind, true>> = {
  budget_threshold: true,
  budget_exhausted: true,
  budget_forecast: true,
  spend_anomaly: true,
  credit_low: true,
  credit_expiring: true,
  provider_auth_failed: true,
  provider_failing: true,
  model_unavailable: true,
  model_drift: true,
  model_retiring: true,
  models_retargeted: true,
  cache_invalidated: true,
  price_changed: true,
  price_unknown: true,
  batch_not_run: true,
  batch_status_unknown: true,
  batch_in_doubt: true,
  'batch.completed': true,
  'batch.failed': true,
  'batch.expired': true,
  'batch.cancelled': true,
  ledger_row_refused: true,
  journal_damaged: true,
  admin_key_sign_in: true,
};

export const ALERT_KINDS = Object.keys(ALL) as AlertKind[];

/** The kind of an alert, if this version of the page knows it. */
export const knownKind = (kind: unknown): AlertKind | undefined => ALERT_KINDS.find((each) => each === kind);
