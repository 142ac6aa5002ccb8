import type { ApiKey, ApiKeyList, CreatedKey, CreateKey, Deleted, RotatedKey, UpdateKey } from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path } from '../http-client';

/** A new key: what the contract gives a default for may be left out. */
export type NewKey = Pick<CreateKey, 'name'> & Partial<CreateKey>;

/** `/admin/teams/{id}/keys` and `/admin/keys`. */
export class Keys {
  constructor(private readonly http: HttpClient) {}

  /** Issues a key. The answer is the only one that ever shows it. */
  create(teamId: string, key: NewKey, options?: CallOptions): Promise<CreatedKey> {
    return this.http.json('POST', path`/admin/teams/${teamId}/keys`, { ...options, body: key });
  }

  list(teamId: string, options?: CallOptions): Promise<ApiKeyList> {
    return this.http.json('GET', path`/admin/teams/${teamId}/keys`, options);
  }

  retrieve(id: string, options?: CallOptions): Promise<ApiKey> {
    return this.http.json('GET', path`/admin/keys/${id}`, options);
  }

  update(id: string, changes: UpdateKey, options?: CallOptions): Promise<ApiKey> {
    return this.http.json('PATCH', path`/admin/keys/${id}`, { ...options, body: changes });
  }

  revoke(id: string, options?: CallOptions): Promise<Deleted> {
    return this.http.json('DELETE', path`/admin/keys/${id}`, options);
  }

  /** Issues a key in place of another one. @param graceSeconds how long the old one works beside it */
  rotate(id: string, graceSeconds = 0, options?: CallOptions): Promise<RotatedKey> {
    return this.http.json('POST', path`/admin/keys/${id}/rotate`, {
      ...options,
      body: { grace_seconds: graceSeconds },
    });
  }
}
