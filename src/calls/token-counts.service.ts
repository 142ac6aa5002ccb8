import { Injectable } from '@nestjs/common';
import { type AbortSignalLike, type Endpoint, type UpstreamCall, UpstreamTransportError } from '@thriftgate/providers';
import type { FastifyRequest } from 'fastify';
import { Clock } from '../common/clock';
import { GatewayError } from '../common/errors';
import { TokenEstimator } from '../pricing/token-estimator.service';
import { ProviderRegistry } from '../providers/provider-registry.service';
import { AttemptFailure } from '../routing/attempt-failure';
import { authorised, upstreamCall } from './attempts/exchange';
import { CallsService } from './calls.service';
import type { PreparedCall } from './prepared-call';
import { readCall } from './responses/read-call';

const OK = 200;
const TOO_MANY_REQUESTS = 429;
const SERVER_ERRORS = 500;

/** Counts the input tokens of a request without asking a model. Costs nothing, and no budget is asked. */
@Injectable()
export class TokenCounts {
  constructor(
    private readonly calls: CallsService,
    private readonly providers: ProviderRegistry,
    private readonly estimator: TokenEstimator,
    private readonly clock: Clock,
  ) {}

  /**
   * The vendor's own count where the vendor counts for this API, else the gateway's estimate.
   *
   * @throws GatewayError as a call of the endpoint
   */
  async count(endpoint: Endpoint, request: FastifyRequest, signal: AbortSignalLike): Promise<number> {
    const prepared = this.calls.prepare(readCall(endpoint, request, signal, this.clock.now()));
    const counted = await this.countAtVendor(prepared, signal).catch(unlessUpstream);
    if (counted !== undefined) return counted;
    const { inputTokens } = await this.estimator.usageOf(endpoint.content(prepared.call.body), '');
    return inputTokens;
  }

  private async countAtVendor(prepared: PreparedCall, signal: AbortSignalLike): Promise<number | undefined> {
    const { call, model } = prepared;
    const teamId = prepared.slot.scope.id === call.caller.teamId ? call.caller.teamId : null;
    const [lane] = model.deployments.flatMap((each) => {
      const [first] = this.providers.withCredentials(each.provider, teamId);
      return first ? [{ deployment: each, provider: first }] : [];
    });
    const { deployment, provider } = lane ?? {};
    const translator = provider?.api.translators[call.endpoint.name];
    if (!deployment || !provider || !translator?.countRequest || !translator.readCount) return undefined;
    const upstream: UpstreamCall = upstreamCall(prepared, deployment, provider);
    const request = authorised(translator.countRequest(upstream), provider);
    const response = await provider.transport.send(request, { signal });
    const body = await response.readAll();
    if (response.status === OK) return translator.readCount(body);
    const { status, headers } = response;
    const error = translator.toError({ status, headers, body: body.toString(), receivedAt: this.clock.now() });
    throw new AttemptFailure(error, status).toGatewayError();
  }
}

/** Where the vendor cannot be reached or is busy, the estimate stands in. @throws the error of any other failure */
function unlessUpstream(error: unknown): undefined {
  const isBusy = error instanceof GatewayError && (error.status === TOO_MANY_REQUESTS || error.status >= SERVER_ERRORS);
  if (isBusy || error instanceof UpstreamTransportError) return undefined;
  throw error;
}
