import type { LedgerVerification } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';

/** `/admin/ledger`. */
export class Ledger {
  constructor(private readonly http: HttpClient) {}

  /** Checks that the ledger is consistent. Reads the whole ledger. */
  verify(options?: CallOptions): Promise<LedgerVerification> {
    return this.http.json('GET', '/admin/ledger/verify', options);
  }
}
