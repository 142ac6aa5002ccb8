import type { Overview as OverviewReport } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';

export interface OverviewQuery {
  /** Not earlier than this; a string is RFC 3339, Unix seconds or a day of the time zone. Default: the start of the month. */
  from?: Date | string;
  /** Earlier than this; a day is included. Default: the end of today. */
  to?: Date | string;
  /** An IANA name. Default: that of the settings. */
  timezone?: string;
  team_id?: string;
}

/** `/admin/overview`: what calls cost and saved, what is expected, and what needs attention. */
export class Overview {
  constructor(private readonly http: HttpClient) {}

  get(query: OverviewQuery = {}, options?: CallOptions): Promise<OverviewReport> {
    return this.http.json('GET', '/admin/overview', { ...options, query: { ...query } });
  }
}
