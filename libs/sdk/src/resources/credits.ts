import type { CreateTopUp, Credit, Credits as CreditsOfTeam, NewGrant, UpdateCredits } from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path } from '../http-client';

/** `/admin/teams/{id}/credits`: prepaid balances. Dollars are decimal text (`"50.00"`). */
export class Credits {
  constructor(private readonly http: HttpClient) {}

  /** The balance, and the remaining amount of each credit. */
  retrieve(teamId: string, options?: CallOptions): Promise<CreditsOfTeam> {
    return this.http.json('GET', path`/admin/teams/${teamId}/credits`, options);
  }

  /** Calls of a prepaid team are refused with 402 when its balance is used up. */
  update(teamId: string, changes: UpdateCredits, options?: CallOptions): Promise<CreditsOfTeam> {
    return this.http.json('PATCH', path`/admin/teams/${teamId}/credits`, { ...options, body: changes });
  }

  /** Books free credits. With a `reference` a repeated grant is booked once. */
  grant(teamId: string, grant: NewGrant, options?: CallOptions): Promise<Credit> {
    return this.http.json('POST', path`/admin/teams/${teamId}/credits/grants`, { ...options, body: grant });
  }

  /** Books paid credits. With a `reference` a repeated top-up is booked once. */
  topUp(teamId: string, topUp: CreateTopUp, options?: CallOptions): Promise<Credit> {
    return this.http.json('POST', path`/admin/teams/${teamId}/credits/top-ups`, { ...options, body: topUp });
  }
}
