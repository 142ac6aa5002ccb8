import { Injectable } from '@nestjs/common';
import {
  type AbortSignalLike,
  type Endpoint,
  isSuccess,
  type UpstreamCall,
  UpstreamTransportError,
} from '@thriftgate/providers';
import type { FastifyRequest } from 'fastify';
import { Clock } from '../common/clock';
import { TokenEstimator } from '../pricing/token-estimator.service';
import type { Deployment } from '../models/model';
import { ProviderRegistry } from '../providers/provider-registry.service';
import { AttemptFailure } from '../routing/attempt-failure';
import { authorised, upstreamCall } from './attempts/exchange';
import { CallsService } from './calls.service';
import type { PreparedCall } from './prepared-call';
import { readCall } from './responses/read-call';

/** A number of input tokens. */
export interface TokenCount {
  tokens: number;
  /** Whether the gateway has estimated it, because no vendor of the model counts, or none answered. */
  estimated: boolean;
}

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
   * The count of the first deployment whose vendor counts for this API and answers, else the gateway's estimate.
   *
   * @throws GatewayError as a call of the endpoint, also where a vendor refuses the request itself
   */
  async count(endpoint: Endpoint, request: FastifyRequest, signal: AbortSignalLike): Promise<TokenCount> {
    const prepared = this.calls.prepare(readCall(endpoint, request, signal, this.clock.now()));
    for (const deployment of prepared.model.deployments) {
      const tokens = await this.countAt(deployment, prepared, signal);
      if (tokens !== undefined) return { tokens, estimated: false };
      if (signal.aborted) break;
    }
    const { inputTokens } = await this.estimator.usageOf(endpoint.content(prepared.call.body), '');
    return { tokens: inputTokens, estimated: true };
  }

  /** @returns undefined where this deployment does not count, or failed in a way that another one may not */
  private async countAt(
    deployment: Deployment,
    prepared: PreparedCall,
    signal: AbortSignalLike,
  ): Promise<number | undefined> {
    const { call, slot } = prepared;
    const teamId = slot.scope.id === call.caller.teamId ? call.caller.teamId : null;
    const [provider] = this.providers.withCredentials(deployment.provider, teamId);
    const translator = provider?.api.translators[call.endpoint.name];
    if (!provider || !translator?.countRequest || !translator.readCount) return undefined;
    const upstream: UpstreamCall = upstreamCall(prepared, deployment, provider);
    const request = authorised(translator.countRequest(upstream), provider);
    const timeouts = prepared.model.routing?.timeouts;
    try {
      const response = await provider.transport.send(request, { signal, timeouts });
      const { status, headers } = response;
      const body = await response.readAll();
      if (isSuccess(status)) return translator.readCount(body);
      const error = translator.toError({ status, headers, body: body.toString(), receivedAt: this.clock.now() });
      if (error.elsewhere) return undefined;
      throw new AttemptFailure(error, status).toGatewayError();
    } catch (error) {
      if (error instanceof UpstreamTransportError) return undefined;
      throw error;
    }
  }
}
