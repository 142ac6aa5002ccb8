import type { Deleted, ListSessionsQuery, Session, SessionList } from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path } from '../http-client';

/** `/auth/session`: for pages of the gateway. The cookie is set by the response; a client for it has no `apiKey`. */
export class OwnSession {
  constructor(private readonly http: HttpClient) {}

  signIn(key: string, options?: CallOptions): Promise<Session> {
    return this.http.json('POST', '/auth/session', { ...options, body: { key } });
  }

  signOut(options?: CallOptions): Promise<Deleted> {
    return this.http.json('DELETE', '/auth/session', options);
  }
}

/** `/admin/sessions`: who is signed in. */
export class Sessions {
  constructor(private readonly http: HttpClient) {}

  /** Newest first. */
  list(query: Partial<ListSessionsQuery> = {}, options?: CallOptions): Promise<SessionList> {
    return this.http.json('GET', '/admin/sessions', { ...options, query: { ...query } });
  }

  end(id: string, options?: CallOptions): Promise<Deleted> {
    return this.http.json('DELETE', path`/admin/sessions/${id}`, options);
  }
}
