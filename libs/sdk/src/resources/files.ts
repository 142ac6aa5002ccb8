import type { ExpiresAfter, FileDeleted, FileList, FileObject } from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path } from '../http-client';
import { textLines } from '../text-lines';

export interface CreateFile {
  /** The content; text is sent as UTF-8. */
  file: string | Blob;
  filename: string;
  purpose: 'batch';
  /** When the file is deleted; without it the file is kept. */
  expires_after?: ExpiresAfter;
}

export interface ListFiles {
  after?: string;
  limit?: number;
  order?: 'asc' | 'desc';
  purpose?: 'batch' | 'batch_output';
}

/** `/v1/files`: the input and output of batches. */
export class Files {
  constructor(private readonly http: HttpClient) {}

  create(file: CreateFile, options?: CallOptions): Promise<FileObject> {
    return this.http.json('POST', '/v1/files', { ...options, body: formOf(file) });
  }

  list(query: ListFiles = {}, options?: CallOptions): Promise<FileList> {
    return this.http.json('GET', '/v1/files', { ...options, query: { ...query } });
  }

  retrieve(id: string, options?: CallOptions): Promise<FileObject> {
    return this.http.json('GET', path`/v1/files/${id}`, options);
  }

  /** The whole content as text. */
  async content(id: string, options?: CallOptions): Promise<string> {
    const response = await this.http.send('GET', path`/v1/files/${id}/content`, options);
    return response.text();
  }

  /** The content as it comes. The connection closes where the reader stops. */
  async *bytes(id: string, options?: CallOptions): AsyncGenerator<Uint8Array, void, undefined> {
    const response = await this.http.send('GET', path`/v1/files/${id}/content`, options);
    if (response.body) yield* response.body;
  }

  /** The content line by line, without the whole content in memory. */
  async *lines(id: string, options?: CallOptions): AsyncGenerator<string, void, undefined> {
    yield* textLines(this.bytes(id, options));
  }

  delete(id: string, options?: CallOptions): Promise<FileDeleted> {
    return this.http.json('DELETE', path`/v1/files/${id}`, options);
  }
}

/** The form of an upload. */
export function formOf({ file, filename, purpose, expires_after: expiry }: CreateFile): FormData {
  const form = new FormData();
  form.set('purpose', purpose);
  for (const [name, value] of Object.entries(expiry ?? {})) form.set(`expires_after[${name}]`, String(value));
  form.set('file', typeof file === 'string' ? new Blob([file]) : file, filename);
  return form;
}
