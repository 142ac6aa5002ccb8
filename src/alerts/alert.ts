/** What each kind of alert tells. Dollars are decimal texts, times RFC 3339. */
export interface AlertData {
  budget_threshold: {
    budget_id: string;
    scope: string;
    share: number;
    spent_usd: string;
    limit_usd: string;
    resets_at: string | null;
  };
  budget_forecast: { budget_id: string; scope: string; forecast_usd: string; limit_usd: string; resets_at: string };
  spend_anomaly: { team_id: string; hour: string; spent_usd: string; usual_usd: string };
  model_drift: { model: string; deployment: string; before: string; now: string; generation: number };
  cache_invalidated: {
    reason: string;
    by: string;
    /** What was taken out of service: the members that were given, or the model and its version. */
    what: Record<string, string>;
    generation: number;
    /** How many answers it took away; null where nobody counted. */
    invalidated_keys: number | null;
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
  webhook_test: { webhook_id: string };
}

export type AlertKind = keyof AlertData;

export type Severity = 'info' | 'warning' | 'critical';

/** Something that people should know. */
export interface NewAlert<Kind extends AlertKind = AlertKind> {
  kind: Kind;
  severity: Severity;
  /** Names what has happened; the same is told once, by whichever process sees it first. */
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
  createdAt: Date;
}
