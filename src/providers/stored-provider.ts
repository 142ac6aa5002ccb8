import type { VendorName } from '@thriftgate/providers';

/** A provider that administrators added. */
export interface StoredProvider {
  name: string;
  type: VendorName;
  /** null: the vendor's own. */
  baseUrl: string | null;
  /** By names in lower case. */
  headers: Readonly<Record<string, string>>;
  query: Readonly<Record<string, string>>;
  enabled: boolean;
  /** Whether the vendor's models of the catalogue are served under their own names. */
  servesCatalogue: boolean;
  createdAt: Date;
  /** A later one after each change. */
  updatedAt: Date;
}

/** A key of a provider of any source. */
export interface StoredKey {
  id: string;
  provider: string;
  /** The team whose own key it is; null: the gateway's. */
  teamId: string | null;
  name: string | null;
  /** Undefined where it was encrypted under another SECRET_KEY. */
  secret: string | undefined;
  /** Its last characters; null for a short one. */
  hint: string | null;
  /** Of a team's key: whether calls go on with the gateway's keys where it fails. */
  fallback: boolean;
  createdAt: Date;
}

/** All that the database has of providers. */
export interface StoredProviders {
  providers: readonly StoredProvider[];
  keys: readonly StoredKey[];
}

const HINT_LENGTH = 4;
const SHORTEST_WITH_HINT = 16;

/** The last characters of a key, for people to tell keys apart; null where they would be too much of it. */
export function hintOf(secret: string): string | null {
  return secret.length < SHORTEST_WITH_HINT ? null : `…${secret.slice(-HINT_LENGTH)}`;
}

/** A provider as the audit shows it: without keys and values of headers. */
export function auditedProvider(provider: StoredProvider): Record<string, unknown> {
  const { name, type, baseUrl, headers, query, enabled, servesCatalogue } = provider;
  const names = Object.keys(headers);
  return { name, type, base_url: baseUrl, headers: names, query, enabled, serves_catalogue: servesCatalogue };
}

/**
 * A provider as two changes of it must have seen it. The time stands for the values of headers: a hash of them would be in the
 * entity tag, where short ones could be guessed.
 */
export function versionedProvider(provider: StoredProvider): Record<string, unknown> {
  return { ...auditedProvider(provider), updated_at: provider.updatedAt.toISOString() };
}

/** A key as the audit shows it. */
export function auditedKey({ id, provider, teamId, name, hint, fallback }: StoredKey): Record<string, unknown> {
  return { id, provider, team_id: teamId, name, hint, fallback };
}
