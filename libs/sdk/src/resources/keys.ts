import type {
  ApiKey,
  ApiKeyList,
  CreatedKey,
  CreateKey,
  Deleted,
  FindKeysQuery,
  ListKeysQuery,
  RotatedKey,
  UpdateKey,
} from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path, type Tagged } from '../http-client';

/** A new key; members with a default in the contract are optional. */
export type NewKey = Pick<CreateKey, 'name'> & Partial<CreateKey>;

/** `/admin/teams/{id}/keys` and `/admin/keys`. */
export class Keys {
  constructor(private readonly http: HttpClient) {}

  /** Issues a key. Only this response has its secret. */
  create(teamId: string, key: NewKey, options?: CallOptions): Promise<CreatedKey> {
    return this.http.json('POST', path`/admin/teams/${teamId}/keys`, { ...options, body: key });
  }

  /** @param query `{ include: 'revoked' }` for revoked keys, too */
  list(teamId: string, query: Partial<ListKeysQuery> = {}, options?: CallOptions): Promise<ApiKeyList> {
    return this.http.json('GET', path`/admin/teams/${teamId}/keys`, { ...options, query: { ...query } });
  }

  /** Keys of all teams that the caller may see. @param query `{ name: 'search' }` for those with this in their name */
  find(query: Partial<FindKeysQuery> = {}, options?: CallOptions): Promise<ApiKeyList> {
    return this.http.json('GET', '/admin/keys', { ...options, query: { ...query } });
  }

  retrieve(id: string, options?: CallOptions): Promise<ApiKey> {
    return this.http.json('GET', path`/admin/keys/${id}`, options);
  }

  /** A key with its version, for `ifMatch` of a change. */
  retrieveTagged(id: string, options?: CallOptions): Promise<Tagged<ApiKey>> {
    return this.http.tagged(path`/admin/keys/${id}`, options);
  }

  update(id: string, changes: UpdateKey, options?: CallOptions): Promise<ApiKey> {
    return this.http.json('PATCH', path`/admin/keys/${id}`, { ...options, body: changes });
  }

  revoke(id: string, options?: CallOptions): Promise<Deleted> {
    return this.http.json('DELETE', path`/admin/keys/${id}`, options);
  }

  /** Replaces a key by a new one. @param graceSeconds how long the old key still works */
  rotate(id: string, graceSeconds = 0, options?: CallOptions): Promise<RotatedKey> {
    return this.http.json('POST', path`/admin/keys/${id}/rotate`, {
      ...options,
      body: { grace_seconds: graceSeconds },
    });
  }
}
