import type { Roi, SavingsGroup, SavingsReport } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';

export interface SavingsQuery {
  /** Not earlier than this; a string is RFC 3339, Unix seconds or a day in UTC. */
  from?: Date | string;
  /** Earlier than this, at most 92 days after `from`; a day is included. */
  to?: Date | string;
  team_id?: string;
  group_by?: readonly SavingsGroup[];
}

export interface RoiQuery {
  /** For example `2026-11`. */
  month: string;
  /** Default: all teams. */
  team_id?: string;
  /** IANA name; default `UTC`. */
  timezone?: string;
}

/** `/admin/savings`. */
export class Savings {
  constructor(private readonly http: HttpClient) {}

  /** Savings, and opportunities for more, each with the setting to change. */
  report(query: SavingsQuery = {}, options?: CallOptions): Promise<SavingsReport> {
    return this.http.json('GET', '/admin/savings', { ...options, query: { ...query } });
  }

  /** The report's groups as a table (RFC 4180). */
  async csv(query: SavingsQuery = {}, options?: CallOptions): Promise<string> {
    const response = await this.http.send('GET', '/admin/savings', { ...options, query: { ...query, format: 'csv' } });
    return response.text();
  }

  /** The cost of a month with and without the gateway. */
  roi(query: RoiQuery, options?: CallOptions): Promise<Roi> {
    return this.http.json('GET', '/admin/savings/roi', { ...options, query: { ...query } });
  }
}
