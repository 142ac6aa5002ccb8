import type {
  CacheInvalidated,
  CacheShare,
  CacheShareList,
  CacheStats,
  CacheStatsGroup,
  Deleted,
  UpdateCacheShare,
} from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path } from '../http-client';

/** Which answers: those that match every member that is given. */
export interface CachedAnswers {
  model?: string;
  /** Who wrote them: the upstream's own version name, its fingerprint, or a declared version. */
  version?: string;
  team_id?: string;
  tag?: string;
  /** One answer: its `x-cache-key`. */
  key?: string;
  /** Answers to questions asked before this; a string is RFC 3339. */
  before?: Date | string;
}

/** An old model or version, and what takes its place. */
export type Replaced = { replaced_by: string } & ({ model: string; version?: string } | { version: string });

/** What to take out of the cache: the answers that match, what was replaced, or expressly everything. */
export type InvalidateCache = (CachedAnswers | Replaced | { all: true }) & { dry_run?: boolean };

/** Teams that get each other's stored answers: those that are named, or all. */
export type NewCacheShare = { name: string; models?: string[] | null } & ({ team_ids: string[] } | { all: true });

/** `/admin/cache/shares`. */
export class CacheShares {
  constructor(private readonly http: HttpClient) {}

  list(options?: CallOptions): Promise<CacheShareList> {
    return this.http.json('GET', '/admin/cache/shares', options);
  }

  retrieve(id: string, options?: CallOptions): Promise<CacheShare> {
    return this.http.json('GET', path`/admin/cache/shares/${id}`, options);
  }

  /** Lets teams share. What one team's calls were answered is shown to the others. */
  create(share: NewCacheShare, options?: CallOptions): Promise<CacheShare> {
    return this.http.json('POST', '/admin/cache/shares', { ...options, body: share });
  }

  /** What is left out stays; `team_ids` takes the place of all teams before. */
  update(id: string, changes: UpdateCacheShare, options?: CallOptions): Promise<CacheShare> {
    return this.http.json('PATCH', path`/admin/cache/shares/${id}`, { ...options, body: changes });
  }

  /** Every team goes on alone. */
  delete(id: string, options?: CallOptions): Promise<Deleted> {
    return this.http.json('DELETE', path`/admin/cache/shares/${id}`, options);
  }
}

export interface CacheStatsQuery {
  /** From this day (UTC) on; a Date or a time must be its beginning. */
  from?: Date | string;
  /** Up to this day, with it; as a Date or a time: up to it. */
  to?: Date | string;
  model?: string;
  team_id?: string;
  group_by?: readonly CacheStatsGroup[];
}

/** `/admin/cache`. */
export class Cache {
  readonly shares: CacheShares;

  constructor(private readonly http: HttpClient) {
    this.shares = new CacheShares(http);
  }

  /** What the cache has done, in all and by model; with `group_by` also by group in `data`. */
  stats(query?: CacheStatsQuery, options?: CallOptions): Promise<CacheStats> {
    return this.http.json('GET', '/admin/cache/stats', { ...options, query: { ...query } });
  }

  /** Takes answers out of service at once, on every replica. */
  invalidate(what: InvalidateCache, options?: CallOptions): Promise<CacheInvalidated> {
    return this.http.json('POST', '/admin/cache/invalidate', { ...options, body: what });
  }
}
