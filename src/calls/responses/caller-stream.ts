import type { EndpointRequest, GatewayUsage, Renderer } from '@thriftgate/providers';
import { formatUsd } from '../../common/money';
import { toGatewayError } from '../../common/to-gateway-error';
import type { FlightResult, FlightSource, SharedAnswer } from '../../single-flight/flight-result';
import type { Call, Settlement, StreamResponse, TextStream } from '../call';

type SettlementOf = (answer: SharedAnswer) => Settlement;

/** One caller's stream: texts that are the same for all who read the flight, and an end of its own. */
export class CallerStream implements TextStream {
  private readonly render: Renderer;
  private readonly request: EndpointRequest;
  private isOver = false;

  /**
   * @param texts read to its end, or returned when the caller leaves
   * @param onEnd called once, with undefined where the caller left before the end
   */
  constructor(
    { endpoint, request }: Call,
    private readonly texts: FlightSource,
    private readonly settlementOf: SettlementOf,
    private readonly onEnd: (result: FlightResult | undefined) => Promise<void> = async () => undefined,
  ) {
    this.render = endpoint.render;
    this.request = request;
  }

  /**
   * The response to the caller, once its first text is here.
   *
   * @param first a text that was read already
   */
  async start(headers: Record<string, string>, first = ''): Promise<StreamResponse> {
    if (first !== '') return { kind: 'stream', headers, first: this.render.forCaller(first, this.request), rest: this };
    try {
      const { value } = await this.next();
      return { kind: 'stream', headers, first: value, rest: this };
    } catch (error) {
      await this.return();
      throw error;
    }
  }

  async next(): Promise<IteratorResult<string, string>> {
    if (this.isOver) return { done: true, value: '' };
    const { done, value } = await this.texts.next();
    // The caller may have left meanwhile.
    if (this.isOver) return { done: true, value: '' };
    if (!done) return { done: false, value: this.render.forCaller(value, this.request) };
    this.isOver = true;
    await this.onEnd(value);
    return { done: true, value: this.lastText(value) };
  }

  async return(): Promise<void> {
    if (this.isOver) return;
    this.isOver = true;
    await this.texts.return();
    await this.onEnd(undefined);
  }

  private lastText(result: FlightResult | undefined): string {
    const { render, request } = this;
    return result === undefined ? '' : lastEvents(result, { render, request }, this.settlementOf);
  }
}

/** The last events of one caller's stream: the usage chunk if it asked for one, with its own cost, and the end mark. */
export function lastEvents(
  result: FlightResult,
  { render, request }: { render: Renderer; request: EndpointRequest },
  settlementOf: SettlementOf,
): string {
  if (result.kind === 'failed') return render.error(toGatewayError(result.error).toApiError());
  const last = render.forCaller(result.last, request);
  if (result.kind === 'broken') return result.isClosed ? last : last + render.error(result.error.toApiError());
  const usageChunk = request.wantsUsage ? result.usageChunk : undefined;
  return last + render.end(usageChunk, gatewayUsage(settlementOf(result.answer)));
}

export function gatewayUsage({ costPusd, savedPusd, cacheStatus }: Settlement): GatewayUsage {
  return { cost_usd: formatUsd(costPusd), saved_usd: formatUsd(savedPusd), cache_status: cacheStatus };
}
