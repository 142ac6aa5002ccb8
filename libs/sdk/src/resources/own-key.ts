import type { KeyInfo } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';

/** `/v1/key`: what the client's own key is, may and has left. */
export class OwnKey {
  constructor(private readonly http: HttpClient) {}

  retrieve(options?: CallOptions): Promise<KeyInfo> {
    return this.http.json('GET', '/v1/key', options);
  }
}
