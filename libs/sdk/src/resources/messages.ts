import type { Message, MessageEvent, MessagesRequest, TokenCount } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';
import { eventData } from '../text-lines';
import { ThriftgateError } from '../thriftgate-error';

/** A stream of events. Leaving the loop early cancels the call. */
export type MessageStream = AsyncGenerator<MessageEvent, void, undefined>;

type Whole = MessagesRequest & { stream?: false | null };
type Streamed = MessagesRequest & { stream: true };

/** `/v1/messages`: Anthropic's API, with any model. */
export class Messages {
  constructor(private readonly http: HttpClient) {}

  /** Calls a model. @throws ThriftgateError also in a stream that breaks off */
  create(request: Whole, options?: CallOptions): Promise<Message>;
  create(request: Streamed, options?: CallOptions): Promise<MessageStream>;
  async create(request: Whole | Streamed, options: CallOptions = {}): Promise<Message | MessageStream> {
    const response = await this.http.send('POST', '/v1/messages', { ...options, body: request });
    return request.stream === true ? events(response) : ((await response.json()) as Message);
  }

  /** Counts the tokens of a request; `max_tokens` does not matter. */
  countTokens(request: Omit<MessagesRequest, 'max_tokens'>, options?: CallOptions): Promise<TokenCount> {
    return this.http.json('POST', '/v1/messages/count_tokens', { ...options, body: request });
  }
}

async function* events(response: Response): MessageStream {
  for await (const data of eventData(response.body ?? new ReadableStream())) {
    const event = JSON.parse(data) as MessageEvent & { error?: unknown };
    if (event.type === 'error') throw ThriftgateError.from(response, { error: event.error });
    yield event;
    if (event.type === 'message_stop') return;
  }
  const error = { message: 'The stream ended before its end.', type: 'upstream_error', code: 'stream_incomplete' };
  throw ThriftgateError.from(response, { error });
}
