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

/** Filters of stored responses; a response must match every sent member. */
export interface CachedAnswers {
  model?: string;
  /** The version that wrote the response: the upstream's name of it, its fingerprint, or a declared version. */
  version?: string;
  team_id?: string;
  tag?: string;
  /** One response: its `x-cache-key`. */
  key?: string;
  /** Responses to calls that began before this; a string is RFC 3339. */
  before?: Date | string;
}

/** An old model or version, and its successor. */
export type Replaced = { replaced_by: string } & ({ model: string; version?: string } | { version: string });

/** The responses to invalidate: matching ones, those of a replaced model or version, or explicitly all. */
export type InvalidateCache = (CachedAnswers | Replaced | { all: true }) & { dry_run?: boolean };

/** Teams that read each other's stored responses: named teams, or all. */
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

  /** Creates a share: each team can get stored responses to calls of the others. */
  create(share: NewCacheShare, options?: CallOptions): Promise<CacheShare> {
    return this.http.json('POST', '/admin/cache/shares', { ...options, body: share });
  }

  /** Omitted members do not change; `team_ids` replaces all previous teams. */
  update(id: string, changes: UpdateCacheShare, options?: CallOptions): Promise<CacheShare> {
    return this.http.json('PATCH', path`/admin/cache/shares/${id}`, { ...options, body: changes });
  }

  /** Deletes a share; its teams stop sharing. */
  delete(id: string, options?: CallOptions): Promise<Deleted> {
    return this.http.json('DELETE', path`/admin/cache/shares/${id}`, options);
  }
}

export interface CacheStatsQuery {
  /** The first day (UTC); a Date or a time must be the start of a day. */
  from?: Date | string;
  /** The last day, included; a Date or a time is excluded. */
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

  /** The counts of the cache, in total and by model; with `group_by` also by group in `data`. */
  stats(query?: CacheStatsQuery, options?: CallOptions): Promise<CacheStats> {
    return this.http.json('GET', '/admin/cache/stats', { ...options, query: { ...query } });
  }

  /** Invalidates stored responses at once, on every replica. */
  invalidate(what: InvalidateCache, options?: CallOptions): Promise<CacheInvalidated> {
    return this.http.json('POST', '/admin/cache/invalidate', { ...options, body: what });
  }
}
