import { Injectable } from '@nestjs/common';
import { FLEX } from '@thriftgate/providers';
import { Clock } from '../../common/clock';
import type { Deployment } from '../../models/model';
import { PriceBook } from '../../pricing/price-book.service';
import type { ConfiguredProvider } from '../../providers/provider';
import { ProviderRegistry } from '../../providers/provider-registry.service';
import { Router } from '../../routing/router.service';
import { AttemptsService } from '../attempts/attempts.service';
import type { ResolvedCall } from '../attempts/resolved-call';
import type { UpstreamResult } from '../attempts/upstream-result';

/** A typical call has so many tokens of input for one of output. */
const INPUT_SHARE = 3n;
/** Above every price: a deployment without a known price is the dearest one. */
const UNKNOWN_PUSD = 10n ** 30n;
const NONE: readonly ConfiguredProvider[] = [];

/** Asks the deployments of a call's model. */
@Injectable()
export class UpstreamAsker {
  constructor(
    private readonly router: Router,
    private readonly attempts: AttemptsService,
    private readonly prices: PriceBook,
    private readonly providers: ProviderRegistry,
    private readonly clock: Clock,
  ) {}

  /** @throws GatewayError before anything of the answer was sent */
  ask(resolved: ResolvedCall): Promise<UpstreamResult> {
    const { model, signal, call, affinity, slot } = resolved;
    const { teamId } = call.caller;
    // An answer that a team's own key paid for is for that team alone.
    const owner = slot.scope.id === teamId ? teamId : null;
    const request = {
      model,
      requestId: call.requestId,
      signal,
      stream: call.request.stream,
      isLine: call.batch !== undefined,
      isFlex: call.request.serviceTier === FLEX,
      affinity,
      attemptsBefore: call.attemptsBefore ?? 0,
      pricePusd: (deployment: Deployment) => this.pricePusd(deployment, teamId),
      withCredentials: ({ id, provider }: Deployment) =>
        call.only && !call.only.has(id) ? NONE : this.providers.withCredentials(provider, owner),
    };
    return this.router.route(request, (deployment, number, release, provider) =>
      this.attempts.run(resolved, { deployment, provider, number }, release),
    );
  }

  private pricePusd(deployment: Deployment, teamId: string): bigint {
    const { inputPusd, outputPusd, estimated } = this.prices.of(deployment, teamId, this.clock.now());
    return estimated ? UNKNOWN_PUSD : INPUT_SHARE * inputPusd + outputPusd;
  }
}
