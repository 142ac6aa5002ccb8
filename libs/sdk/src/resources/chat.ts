import type { ChatCompletion, ChatCompletionChunk, ChatRequest } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';
import { eventData } from '../text-lines';
import { ThriftgateError } from '../thriftgate-error';
import { factsOf, type GatewayFacts } from './gateway-facts';

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

/** The chunks of a stream. @throws ThriftgateError where it breaks off */
export async function* chunks(response: Response): ChatStream {
  for await (const data of eventData(response.body ?? new ReadableStream())) {
    if (data === '[DONE]') return;
    const chunk = JSON.parse(data) as ChatCompletionChunk | { error: unknown };
    if ('error' in chunk && chunk.error) throw ThriftgateError.from(response, chunk);
    yield chunk as ChatCompletionChunk;
  }
  const error = { message: 'The stream ended before its end.', type: 'upstream_error', code: 'stream_incomplete' };
  throw ThriftgateError.from(response, { error });
}
