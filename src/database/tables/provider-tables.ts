import type { Generated, JSONColumnType } from 'kysely';

export interface ProviderTables {
  admin_providers: ProvidersTable;
  provider_keys: ProviderKeysTable;
}

/** Providers that administrators add. */
export interface ProvidersTable {
  name: string;
  type: string;
  /** Null is the vendor's own. */
  base_url: string | null;
  /** Encrypted JSON: values may be credentials. Null for none. */
  headers: string | null;
  query: JSONColumnType<Record<string, string>>;
  enabled: boolean;
  /** Whether the vendor's models of the catalogue are served under their own names. */
  serves_catalogue: boolean;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

/** Keys of providers of any source. Those of the environment and gateway.yaml have only keys of teams here. */
export interface ProviderKeysTable {
  id: string;
  provider: string;
  /** The team whose own key it is; null is the gateway's. */
  team_id: string | null;
  name: string | null;
  /** Encrypted. */
  secret: string;
  /** The last characters, for people to tell keys apart; null for a short key. */
  hint: string | null;
  /** Of a team's key: whether calls go on with the gateway's keys where it fails. */
  fallback: boolean;
  created_at: Generated<Date>;
}
