import type { Liveness, ReadinessReport } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';

const NOT_READY = 503;

/** `/health`. */
export class Health {
  constructor(private readonly http: HttpClient) {}

  live(options?: CallOptions): Promise<Liveness> {
    return this.http.json('GET', '/health/live', options);
  }

  /** The report, also of a gateway that is not ready: `status` is `ok` for a ready one. */
  ready(options?: CallOptions): Promise<ReadinessReport> {
    return this.http.json('GET', '/health/ready', { ...options, expectedStatus: NOT_READY });
  }
}
