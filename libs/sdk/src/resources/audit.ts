import type { AuditEvent, AuditPage } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';

export interface AuditQuery {
  action?: string;
  /** Only what concerns this team. */
  team_id?: string;
  /** A key's id or name, `admin`, or `gateway` for changes by the gateway. */
  actor?: string;
  /** A model's name, the id of the changed object, or the name of a key or a team. */
  subject?: string;
  from?: Date | string;
  to?: Date | string;
  /** Events per page, 1 to 1000. */
  limit?: number;
  cursor?: string;
}

/** `/admin/audit`. */
export class Audit {
  constructor(private readonly http: HttpClient) {}

  /** One page, newest first. */
  list(query: AuditQuery = {}, options?: CallOptions): Promise<AuditPage> {
    return this.http.json('GET', '/admin/audit', { ...options, query: { ...query } });
  }

  /** Every event, page after page. */
  async *all(query: AuditQuery = {}, options?: CallOptions): AsyncGenerator<AuditEvent, void, undefined> {
    let cursor: string | undefined | null = query.cursor;
    do {
      const page: AuditPage = await this.list({ ...query, cursor }, options);
      yield* page.data;
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
  }
}
