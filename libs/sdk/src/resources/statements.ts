import type { OrganisationStatement, Statement, StatementQuery } from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path } from '../http-client';

/** Defaults: `lang` is `en`, `timezone` (an IANA name) is `UTC`. */
export type StatementOptions = Partial<Omit<StatementQuery, 'format'>>;

/** `/admin/teams/{id}/statements/{month}`: a team's month, for example `2026-11`. */
export class Statements {
  constructor(private readonly http: HttpClient) {}

  retrieve(
    teamId: string,
    month: string,
    query: Pick<StatementOptions, 'timezone'> = {},
    options?: CallOptions,
  ): Promise<Statement> {
    return this.http.json('GET', pathOf(teamId, month), { ...options, query: { ...query } });
  }

  /** The statement as CSV for Excel. */
  csv(teamId: string, month: string, query: StatementOptions = {}, options?: CallOptions): Promise<string> {
    return this.text(teamId, month, { ...query, format: 'csv' }, options);
  }

  /** The statement as an HTML page to print. */
  html(teamId: string, month: string, query: StatementOptions = {}, options?: CallOptions): Promise<string> {
    return this.text(teamId, month, { ...query, format: 'html' }, options);
  }

  /** The month of all teams, and their sums. */
  ofAllTeams(
    month: string,
    query: Pick<StatementOptions, 'timezone'> = {},
    options?: CallOptions,
  ): Promise<OrganisationStatement> {
    return this.http.json('GET', path`/admin/statements/${month}`, { ...options, query: { ...query } });
  }

  private async text(
    teamId: string,
    month: string,
    query: Partial<StatementQuery>,
    options?: CallOptions,
  ): Promise<string> {
    const response = await this.http.send('GET', pathOf(teamId, month), { ...options, query: { ...query } });
    return response.text();
  }
}

const pathOf = (teamId: string, month: string): string => path`/admin/teams/${teamId}/statements/${month}`;
