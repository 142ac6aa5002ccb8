import type { ChatCompletion, ChatCompletionChunk, ChatRequest } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';
import { eventData } from '../text-lines';
import { ThriftgateError } from '../thriftgate-error';

/** The facts of a response from the gateway's headers. Money is a decimal string in US dollars. */
export interface GatewayFacts {
  requestId: string | null;
  /** `HIT`, `MISS`, `BYPASS` or `REFRESH`. */
  cacheStatus: string | null;
  provider: string | null;
  /** The upstream's name of the model version. */
  model: string | null;
  attempts: number | null;
  /** Null for streams, which have it in the last chunk's `usage.gateway` if the call requests usage. */
  costUsd: string | null;
  savedUsd: string | null;
  /** Whether this is the response of an earlier call with the same `idempotencyKey`; a repeat is not charged. */
  replayed: boolean;
}

/** A stream of chunks. Leaving the loop early cancels the call. */
export type ChatStream = AsyncGenerator<ChatCompletionChunk, void, undefined>;

type Whole = ChatRequest & { stream?: false | null };
type Streamed = ChatRequest & { stream: true };

/** `/v1/chat/completions`. */
export class ChatCompletions {
  constructor(private readonly http: HttpClient) {}

  /** Calls a model. @throws ThriftgateError also in a stream that breaks off */
  create(request: Whole, options?: CallOptions): Promise<ChatCompletion>;
  create(request: Streamed, options?: CallOptions): Promise<ChatStream>;
  async create(request: Whole | Streamed, options?: CallOptions): Promise<ChatCompletion | ChatStream> {
    const { answer } = await (request.stream === true
      ? this.createWithFacts(request as Streamed, options)
      : this.createWithFacts(request as Whole, options));
    return answer;
  }

  /** As {@link create}, with the facts of the response: cache, provider, cost. */
  createWithFacts(request: Whole, options?: CallOptions): Promise<{ answer: ChatCompletion; facts: GatewayFacts }>;
  createWithFacts(request: Streamed, options?: CallOptions): Promise<{ answer: ChatStream; facts: GatewayFacts }>;
  async createWithFacts(
    request: Whole | Streamed,
    options: CallOptions = {},
  ): Promise<{ answer: ChatCompletion | ChatStream; facts: GatewayFacts }> {
    const response = await this.http.send('POST', '/v1/chat/completions', { ...options, body: request });
    const facts = factsOf(response.headers);
    if (request.stream === true) return { answer: chunks(response), facts };
    return { answer: (await response.json()) as ChatCompletion, facts };
  }
}

async function* chunks(response: Response): ChatStream {
  for await (const data of eventData(response.body ?? new ReadableStream())) {
    if (data === '[DONE]') return;
    const chunk = JSON.parse(data) as ChatCompletionChunk | { error: unknown };
    if ('error' in chunk && chunk.error) throw ThriftgateError.from(response, chunk);
    yield chunk as ChatCompletionChunk;
  }
  const error = { message: 'The stream ended before its end.', type: 'upstream_error', code: 'stream_incomplete' };
  throw ThriftgateError.from(response, { error });
}

function factsOf(headers: Headers): GatewayFacts {
  const attempts = headers.get('x-gateway-attempts');
  return {
    requestId: headers.get('x-request-id'),
    cacheStatus: headers.get('x-cache-status'),
    provider: headers.get('x-gateway-provider'),
    model: headers.get('x-gateway-model'),
    attempts: attempts === null ? null : Number(attempts),
    costUsd: headers.get('x-gateway-cost-usd'),
    savedUsd: headers.get('x-gateway-saved-usd'),
    replayed: headers.get('idempotent-replayed') === 'true',
  };
}
