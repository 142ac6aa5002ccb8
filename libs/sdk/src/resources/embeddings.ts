import type { Embeddings as EmbeddingList, EmbeddingsRequest } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';
import { factsOf, type GatewayFacts } from './gateway-facts';

/** `/v1/embeddings`. */
export class Embeddings {
  constructor(private readonly http: HttpClient) {}

  /** Vectors of texts. @throws ThriftgateError */
  async create(request: EmbeddingsRequest, options?: CallOptions): Promise<EmbeddingList> {
    const { answer } = await this.createWithFacts(request, options);
    return answer;
  }

  /** As {@link create}, with the facts of the response: cache, provider, cost. */
  async createWithFacts(
    request: EmbeddingsRequest,
    options: CallOptions = {},
  ): Promise<{ answer: EmbeddingList; facts: GatewayFacts }> {
    const response = await this.http.send('POST', '/v1/embeddings', { ...options, body: request });
    return { answer: (await response.json()) as EmbeddingList, facts: factsOf(response.headers) };
  }
}
