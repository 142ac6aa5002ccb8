import type { CreateTeam, Deleted, Team, TeamList, UpdateTeam } from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path } from '../http-client';

/** `/admin/teams`. */
export class Teams {
  constructor(private readonly http: HttpClient) {}

  create(team: CreateTeam, options?: CallOptions): Promise<Team> {
    return this.http.json('POST', '/admin/teams', { ...options, body: team });
  }

  list(options?: CallOptions): Promise<TeamList> {
    return this.http.json('GET', '/admin/teams', options);
  }

  retrieve(id: string, options?: CallOptions): Promise<Team> {
    return this.http.json('GET', path`/admin/teams/${id}`, options);
  }

  update(id: string, changes: UpdateTeam, options?: CallOptions): Promise<Team> {
    return this.http.json('PATCH', path`/admin/teams/${id}`, { ...options, body: changes });
  }

  /** Deletes a team and revokes its keys at once. */
  delete(id: string, options?: CallOptions): Promise<Deleted> {
    return this.http.json('DELETE', path`/admin/teams/${id}`, options);
  }
}
