import type { PutSettings, Settings } from '@thriftgate/contracts';
import type { CallOptions, HttpClient, Tagged } from '../http-client';

/** `/admin/settings`: the time zone of the company, and the currency that amounts are shown in. */
export class CompanySettings {
  constructor(private readonly http: HttpClient) {}

  get(options?: CallOptions): Promise<Settings> {
    return this.http.json('GET', '/admin/settings', options);
  }

  /** The settings with their version, for `ifMatch` of {@link replace}. */
  getTagged(options?: CallOptions): Promise<Tagged<Settings>> {
    return this.http.tagged('/admin/settings', options);
  }

  /** Replaces the whole object. */
  replace(settings: PutSettings, options?: CallOptions): Promise<Settings> {
    return this.http.json('PUT', '/admin/settings', { ...options, body: settings });
  }
}
