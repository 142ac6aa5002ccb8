import type { AuditEvent, AuditPage, AuditVerification } from '@thriftgate/contracts';
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

export interface AuditVerificationQuery {
  /** An entry as it once was: `<seq>:<hash>`, or the `anchor` of a log line, an export or an earlier verification. */
  anchor?: string;
  /** How old a verification may be that is returned again; by default the whole chain is read. */
  max_age_seconds?: number;
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

  /** Checks that every entry is as it was written. Reads the whole chain. */
  verify(query: AuditVerificationQuery = {}, options?: CallOptions): Promise<AuditVerification> {
    return this.http.json('GET', '/admin/audit/verify', { ...options, query: { ...query } });
  }
}
