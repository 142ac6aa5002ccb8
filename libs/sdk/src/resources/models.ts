import type { ModelList, ModelObject } from '@thriftgate/contracts';
import { type CallOptions, type HttpClient, path } from '../http-client';

/** `/v1/models`: the models that this key may use, with prices. */
export class Models {
  constructor(private readonly http: HttpClient) {}

  list(options?: CallOptions): Promise<ModelList> {
    return this.http.json('GET', '/v1/models', options);
  }

  retrieve(id: string, options?: CallOptions): Promise<ModelObject> {
    return this.http.json('GET', path`/v1/models/${id}`, options);
  }
}
