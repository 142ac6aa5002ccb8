import type { CreateProvider, Deleted, Provider, ProviderKey, ProviderList, ProviderTest } from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path, type Tagged } from '../http-client';

export interface NewProvider {
  name: string;
  /** A vendor, as `groq`; `openai-compatible` for any other server. */
  type: string;
  /** Default: the vendor's own. */
  base_url?: string | null;
  headers?: Record<string, string>;
  query?: Record<string, string>;
  enabled?: boolean;
  /** Whether the vendor's models of the catalogue are served under their own names. */
  serves_catalogue?: boolean;
  keys?: CreateProvider['keys'];
}

export interface ProviderChanges extends Partial<
  Pick<NewProvider, 'base_url' | 'query' | 'enabled' | 'serves_catalogue'>
> {
  /** null removes a header. */
  headers?: Record<string, string | null>;
}

export interface NewProviderKey {
  key: string;
  name?: string;
  /** The team whose own key it is. */
  team_id?: string;
  /** Whether the team's calls go on with the gateway's keys where this one fails. */
  fallback?: boolean;
  /** The id of the key that goes with the same change. */
  replaces?: string;
}

/** `/admin/providers`. */
export class Providers {
  constructor(private readonly http: HttpClient) {}

  list(options?: CallOptions): Promise<ProviderList> {
    return this.http.json('GET', '/admin/providers', options);
  }

  get(provider: string, options?: CallOptions): Promise<Provider> {
    return this.http.json('GET', path`/admin/providers/${provider}`, options);
  }

  /** A provider with its version, for `ifMatch` of a change. */
  getTagged(provider: string, options?: CallOptions): Promise<Tagged<Provider>> {
    return this.http.tagged(path`/admin/providers/${provider}`, options);
  }

  create(provider: NewProvider, options?: CallOptions): Promise<Provider> {
    return this.http.json('POST', '/admin/providers', { ...options, body: provider });
  }

  update(provider: string, changes: ProviderChanges, options?: CallOptions): Promise<Provider> {
    return this.http.json('PATCH', path`/admin/providers/${provider}`, { ...options, body: changes });
  }

  /** With all its keys. */
  delete(provider: string, options?: CallOptions): Promise<Deleted> {
    return this.http.json('DELETE', path`/admin/providers/${provider}`, options);
  }

  /** Reads the provider's list of models, or asks a model for a few tokens. */
  test(provider: string, what: { model?: string; key_id?: string } = {}, options?: CallOptions): Promise<ProviderTest> {
    return this.http.json('POST', path`/admin/providers/${provider}/test`, { ...options, body: what });
  }

  /** Adds a key, or replaces one without a call in between that has none. */
  addKey(provider: string, key: NewProviderKey, options?: CallOptions): Promise<ProviderKey> {
    return this.http.json('POST', path`/admin/providers/${provider}/keys`, { ...options, body: key });
  }

  deleteKey(provider: string, key: string, options?: CallOptions): Promise<Deleted> {
    return this.http.json('DELETE', path`/admin/providers/${provider}/keys/${key}`, options);
  }
}
