import type { AdminMe, Preferences } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';

/** `/admin/me`: who the caller is, and what they have chosen for the console. */
export class Me {
  constructor(private readonly http: HttpClient) {}

  get(options?: CallOptions): Promise<AdminMe> {
    return this.http.json('GET', '/admin/me', options);
  }

  /** The whole object; null means the setting of the company, of the browser or of the system. */
  choose(preferences: Preferences, options?: CallOptions): Promise<Preferences> {
    return this.http.json('PUT', '/admin/me/preferences', { ...options, body: preferences });
  }
}
