import { Injectable } from '@nestjs/common';
import { FLEX } from '@thriftgate/providers';
import { Clock } from '../../common/clock';
import type { PicoUsd } from '../../common/money';
import { GatewayConfig } from '../../config/gateway-config';
import type { Deployment, Model } from '../../models/model';
import { nextOffPeakMs } from '../../pricing/off-peak';
import type { Price } from '../../pricing/price';
import { PriceBook } from '../../pricing/price-book.service';
import { priceInTier } from '../../pricing/service-tier';
import { ProviderRegistry } from '../../providers/provider-registry.service';
import type { BatchWindow, WayPrices } from './way';

/** A typical call has so many tokens of input for one of output. */
const INPUT_SHARE = 3n;
/** How long a vendor's refusal of the tier holds for a deployment. */
const REFUSED_MS = 3_600_000;

/** A batch as a line of it knows it. */
export interface BatchOfLine {
  madeAt: Date;
  expiresAt: Date;
  batchLines: number;
  escalate: boolean;
}

/** The ways besides a vendor's batch that the lines of a model have, with their prices. */
export interface ModelWays {
  prices: WayPrices;
  /** Those with a flex tier that costs less, the first one's price being that of the way. */
  flexDeployments: readonly Deployment[];
  /** The first deployment, with its price now and at its cheaper hours. */
  deployment: Deployment;
  price: Price;
  flexPrice: Price | undefined;
  offPeakPrice: Price | undefined;
}

/** Knows the ways that lines have at vendors, and what each costs. */
@Injectable()
export class LineWays {
  /** Deployments whose vendor has refused the tier, each until a moment of `performance.now()`. */
  private readonly refusedUntil = new Map<string, number>();

  constructor(
    private readonly prices: PriceBook,
    private readonly providers: ProviderRegistry,
    private readonly config: GatewayConfig,
    private readonly clock: Clock,
  ) {}

  /** @returns undefined for a model without deployments */
  of({ deployments, family }: Model, teamId: string): ModelWays | undefined {
    const nowMs = this.clock.now();
    const inOrder = deployments.toSorted((one, other) => one.priority - other.priority || other.weight - one.weight);
    const [deployment] = inOrder;
    if (!deployment) return undefined;
    const price = this.prices.of(deployment, teamId, nowMs);
    const livePusd = typicalPusd(price);
    const flexDeployments = inOrder.filter((each) => {
      const flex = each.upstreamModel === family ? this.flexPrice(each, teamId, nowMs) : undefined;
      return flex && typicalPusd(flex) < livePusd;
    });
    const [first] = flexDeployments;
    const flexPrice = first && this.flexPrice(first, teamId, nowMs);
    const offPeakMs = nextOffPeakMs(price, nowMs);
    const offPeakPrice = offPeakMs === undefined ? undefined : this.prices.at(deployment, teamId, offPeakMs);
    return {
      prices: {
        live: livePusd,
        flex: flexPrice && typicalPusd(flexPrice),
        ...(offPeakPrice &&
          offPeakMs !== undefined && { offPeak: { pusd: typicalPusd(offPeakPrice), fromMs: offPeakMs } }),
      },
      flexDeployments,
      deployment,
      price,
      flexPrice,
      offPeakPrice,
    };
  }

  windowOf({ madeAt, expiresAt, batchLines: lines, escalate }: BatchOfLine): BatchWindow {
    const { concurrency } = this.config.batch;
    return {
      nowMs: this.clock.now(),
      madeAtMs: madeAt.getTime(),
      endMs: expiresAt.getTime(),
      lines,
      escalate,
      concurrency,
    };
  }

  /** Notes that a vendor does not take the tier for a deployment: it is not in its model's list, or not any longer. */
  refusedTier(deploymentIds: Iterable<string>): void {
    for (const id of deploymentIds) this.refusedUntil.set(id, performance.now() + REFUSED_MS);
  }

  /** The listed price of a flex tier; undefined where there is none: an estimate is no reason to wait. */
  private flexPrice(deployment: Deployment, teamId: string, nowMs: number): Price | undefined {
    if ((this.refusedUntil.get(deployment.id) ?? 0) > performance.now()) return undefined;
    const [provider] = this.providers.withCredentials(deployment.provider, teamId);
    if (!provider?.api.flex || provider.simulated) return undefined;
    const price = this.prices.of(deployment, teamId, nowMs);
    return price.serviceTiers?.[FLEX] && !price.estimated ? priceInTier(price, FLEX) : undefined;
  }
}

/** By which prices are compared. */
export function typicalPusd({ inputPusd, outputPusd }: Price): PicoUsd {
  return INPUT_SHARE * inputPusd + outputPusd;
}
