import type { ChatCompletion, ChatRequest, ModelList } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';
import { chunks, type ChatStream } from './chat';
import { factsOf, type GatewayFacts } from './gateway-facts';

/** Who pays: for roles of one team, `team_id` need not be sent. */
export interface PlaygroundOptions extends CallOptions {
  team_id?: string;
}

/** `/admin/playground`: calls of people who are signed in. */
export class Playground {
  constructor(private readonly http: HttpClient) {}

  /** The models that the key which pays may use. */
  models({ team_id, ...options }: PlaygroundOptions = {}): Promise<ModelList> {
    return this.http.json('GET', '/admin/playground/models', { ...options, query: { team_id } });
  }

  /** Calls a model, with the facts of the response. @throws ThriftgateError also in a stream that breaks off */
  async chat(
    request: ChatRequest,
    { team_id, ...options }: PlaygroundOptions = {},
  ): Promise<{ answer: ChatCompletion | ChatStream; facts: GatewayFacts }> {
    const call = { ...options, query: { team_id }, body: request };
    const response = await this.http.send('POST', '/admin/playground/chat/completions', call);
    const facts = factsOf(response.headers);
    if (request.stream === true) return { answer: chunks(response), facts };
    return { answer: (await response.json()) as ChatCompletion, facts };
  }
}
