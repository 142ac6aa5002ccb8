import type { Roi, SavingsGroup, SavingsReport } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';

export interface SavingsQuery {
  /** Not earlier than this; a string is RFC 3339, Unix seconds or a day in UTC. */
  from?: Date | string;
  /** Earlier than this, at most 92 days after `from`; a day is included whole. */
  to?: Date | string;
  team_id?: string;
  group_by?: readonly SavingsGroup[];
}

export interface RoiQuery {
  /** As `2026-11`. */
  month: string;
  /** All teams where it is left out. */
  team_id?: string;
  /** IANA name; `UTC` by default. */
  timezone?: string;
}

/** `/admin/savings`. */
export class Savings {
  constructor(private readonly http: HttpClient) {}

  /** What was saved, and what could be, with the setting that would do it. */
  report(query: SavingsQuery = {}, options?: CallOptions): Promise<SavingsReport> {
    return this.http.json('GET', '/admin/savings', { ...options, query: { ...query } });
  }

  /** The report's groups as a table (RFC 4180). */
  async csv(query: SavingsQuery = {}, options?: CallOptions): Promise<string> {
    const response = await this.http.send('GET', '/admin/savings', { ...options, query: { ...query, format: 'csv' } });
    return response.text();
  }

  /** What a month cost, and would have cost without the gateway. */
  roi(query: RoiQuery, options?: CallOptions): Promise<Roi> {
    return this.http.json('GET', '/admin/savings/roi', { ...options, query: { ...query } });
  }
}
