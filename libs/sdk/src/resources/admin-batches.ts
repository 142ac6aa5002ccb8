import type {
  AdminBatch,
  AdminBatchDetails,
  AdminBatchPage,
  BatchContent,
  BatchObject,
  BatchQuote,
  FileObject,
} from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path } from '../http-client';
import { type CreateBatch, withMethods } from './batches';
import { type CreateFile, formOf } from './files';

export interface AdminBatchesQuery {
  team_id?: string;
  key_id?: string;
  status?: BatchObject['status'] | readonly BatchObject['status'][];
  from?: Date | string;
  to?: Date | string;
  /** Batches per page, 1 to 1000. */
  limit?: number;
  cursor?: string;
}

/** A batch for a team. */
export type CreateAdminBatch = CreateBatch & { team_id: string };

/** `/admin/batches`: the batches of all teams. */
export class AdminBatches {
  constructor(private readonly http: HttpClient) {}

  list(query: AdminBatchesQuery = {}, options?: CallOptions): Promise<AdminBatchPage> {
    return this.http.json('GET', '/admin/batches', { ...options, query: { ...query } });
  }

  /** With its lines by state and its errors by code. */
  retrieve(id: string, options?: CallOptions): Promise<AdminBatchDetails> {
    return this.http.json('GET', path`/admin/batches/${id}`, options);
  }

  create(batch: CreateAdminBatch, options?: CallOptions): Promise<AdminBatch> {
    return this.http.json('POST', '/admin/batches', { ...options, body: withMethods(batch) });
  }

  /** What the batch would cost. Spends nothing. */
  quote(batch: CreateAdminBatch, options?: CallOptions): Promise<BatchQuote> {
    return this.http.json('POST', '/admin/batches/quote', { ...options, body: withMethods(batch) });
  }

  cancel(id: string, options?: CallOptions): Promise<AdminBatch> {
    return this.http.json('POST', path`/admin/batches/${id}/cancel`, options);
  }

  /** Makes a batch of the lines of an ended one that have no response. */
  retry(id: string, options?: CallOptions): Promise<AdminBatch> {
    return this.http.json('POST', path`/admin/batches/${id}/retry`, options);
  }

  /** A file of the batch as text; `results` has the lines that have ended so far. */
  async content(id: string, content: BatchContent, options?: CallOptions): Promise<string> {
    return (await this.http.send('GET', path`/admin/batches/${id}/files/${content}`, options)).text();
  }

  /** Uploads the lines of a batch of a team. */
  upload(teamId: string, file: CreateFile, options: CallOptions = {}): Promise<FileObject> {
    // Pages of the gateway send a form with the cookie of their session only with this header.
    const headers = { 'x-requested-with': 'thriftgate', ...options.headers };
    const call = { ...options, headers, query: { team_id: teamId }, body: formOf(file) };
    return this.http.json('POST', '/admin/files', call);
  }
}
