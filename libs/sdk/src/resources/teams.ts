import type { CreateTeam, Deleted, ListTeamsQuery, Team, TeamList, UpdateTeam } from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path, type Tagged } from '../http-client';

/** `/admin/teams`. */
export class Teams {
  constructor(private readonly http: HttpClient) {}

  create(team: CreateTeam, options?: CallOptions): Promise<Team> {
    return this.http.json('POST', '/admin/teams', { ...options, body: team });
  }

  /** @param query `{ include: 'deleted' }` for deleted teams, too */
  list(query: Partial<ListTeamsQuery> = {}, options?: CallOptions): Promise<TeamList> {
    return this.http.json('GET', '/admin/teams', { ...options, query: { ...query } });
  }

  retrieve(id: string, options?: CallOptions): Promise<Team> {
    return this.http.json('GET', path`/admin/teams/${id}`, options);
  }

  /** A team with its version, for `ifMatch` of a change. */
  retrieveTagged(id: string, options?: CallOptions): Promise<Tagged<Team>> {
    return this.http.tagged(path`/admin/teams/${id}`, options);
  }

  update(id: string, changes: UpdateTeam, options?: CallOptions): Promise<Team> {
    return this.http.json('PATCH', path`/admin/teams/${id}`, { ...options, body: changes });
  }

  /** Deletes a team. @param options.force also one with live keys or a balance */
  delete(id: string, { force = false, ...options }: CallOptions & { force?: boolean } = {}): Promise<Deleted> {
    return this.http.json('DELETE', path`/admin/teams/${id}`, { ...options, query: force ? { force } : {} });
  }
}
