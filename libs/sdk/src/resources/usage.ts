import type { UsageGroup, UsageReport } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';

export interface UsageQuery<Group extends UsageGroup = Exclude<UsageGroup, 'team'>> {
  /** Not earlier than this; a string is RFC 3339, Unix seconds or a day of the time zone. */
  from?: Date | string;
  /** Earlier than this; a day is included. */
  to?: Date | string;
  /** An IANA name, by whose clock hours, days, weeks and months begin. Default: UTC. */
  timezone?: string;
  group_by?: readonly Group[];
  model?: readonly string[];
  /** Ids of API keys. */
  key?: readonly string[];
  tag?: readonly string[];
  provider?: readonly string[];
  cache_status?: readonly string[];
  /** Statuses and classes of them: `429`, `5xx`. */
  status?: readonly string[];
  /** Calls with one of these do not count. */
  exclude_model?: readonly string[];
  exclude_key?: readonly string[];
  exclude_tag?: readonly string[];
  exclude_provider?: readonly string[];
  exclude_cache_status?: readonly string[];
  /** Each row also has the sums of the period before. */
  compare?: 'previous';
  /** The number of groups; one more row sums the others. */
  limit?: number;
}

/** `/v1/usage`: the usage of the key's team. */
export class Usage<Query extends UsageQuery<UsageGroup> = UsageQuery> {
  constructor(
    private readonly http: HttpClient,
    private readonly path = '/v1/usage',
  ) {}

  get(query?: Query, options?: CallOptions): Promise<UsageReport> {
    return this.http.json('GET', this.path, { ...options, query: { ...query } });
  }

  /** The report's groups as a table (RFC 4180). */
  async csv(query?: Query, options?: CallOptions): Promise<string> {
    const response = await this.http.send('GET', this.path, { ...options, query: { ...query, format: 'csv' } });
    return response.text();
  }
}
