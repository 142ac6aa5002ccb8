import type { ModelResponse, ResponseEvent, ResponsesRequest } from '@thriftgate/contracts';
import type { CallOptions, HttpClient } from '../http-client';
import { eventData } from '../text-lines';
import { ThriftgateError } from '../thriftgate-error';
import { factsOf, type GatewayFacts } from './gateway-facts';

/** A stream of events; the last one has the whole response. Leaving the loop early cancels the call. */
export type ResponseEvents = AsyncGenerator<ResponseEvent, void, undefined>;

type Whole = ResponsesRequest & { stream?: false | null };
type Streamed = ResponsesRequest & { stream: true };

const LAST = new Set(['response.completed', 'response.incomplete']);
const FAILED = 'response.failed';

/** `/v1/responses`. */
export class Responses {
  constructor(private readonly http: HttpClient) {}

  /** Calls a model. @throws ThriftgateError also in a stream that breaks off */
  create(request: Whole, options?: CallOptions): Promise<ModelResponse>;
  create(request: Streamed, options?: CallOptions): Promise<ResponseEvents>;
  async create(request: Whole | Streamed, options?: CallOptions): Promise<ModelResponse | ResponseEvents> {
    const { answer } = await (request.stream === true
      ? this.createWithFacts(request as Streamed, options)
      : this.createWithFacts(request as Whole, options));
    return answer;
  }

  /** As {@link create}, with the facts of the response: cache, provider, cost. */
  createWithFacts(request: Whole, options?: CallOptions): Promise<{ answer: ModelResponse; facts: GatewayFacts }>;
  createWithFacts(request: Streamed, options?: CallOptions): Promise<{ answer: ResponseEvents; facts: GatewayFacts }>;
  async createWithFacts(
    request: Whole | Streamed,
    options: CallOptions = {},
  ): Promise<{ answer: ModelResponse | ResponseEvents; facts: GatewayFacts }> {
    const response = await this.http.send('POST', '/v1/responses', { ...options, body: request });
    const facts = factsOf(response.headers);
    if (request.stream === true) return { answer: events(response), facts };
    return { answer: (await response.json()) as ModelResponse, facts };
  }
}

async function* events(response: Response): ResponseEvents {
  for await (const data of eventData(response.body ?? new ReadableStream())) {
    const event = JSON.parse(data) as ResponseEvent;
    if (event.type === 'error') throw ThriftgateError.from(response, { error: event });
    if (event.type === FAILED) throw ThriftgateError.from(response, { error: event.response?.error });
    yield event;
    if (LAST.has(event.type)) return;
  }
  const error = { message: 'The stream ended before its end.', type: 'upstream_error', code: 'stream_incomplete' };
  throw ThriftgateError.from(response, { error });
}
