import { Injectable } from '@nestjs/common';
import { parseUsdPerMillionTokens, type PicoUsd } from '../common/money';
import { GatewayConfig } from '../config/gateway-config';
import { type CatalogueModel, loadCatalogue } from './catalogue';
import type { Price } from './price';

/** The catalogue with the prices of gateway.yaml laid over it. */
@Injectable()
export class PriceBook {
  readonly catalogue: ReadonlyMap<string, CatalogueModel> = loadCatalogue();
  private readonly configured: ReadonlyMap<string, Price>;
  private readonly ceiling: Price;

  constructor(config: GatewayConfig) {
    this.configured = new Map(Object.entries(config.prices).map(([name, row]) => [name, toPrice(row)]));
    this.ceiling = ceilingOf([...this.catalogue.values()].flatMap((model) => model.price ?? []));
  }

  /**
   * The price of an upstream model under a public name: gateway.yaml's for either name, else the catalogue's, where the
   * public name tells apart what two vendors call the same. A model nobody knows the price of is charged at the dearest
   * of the catalogue, marked as estimated, and never at zero.
   */
  priceOf(publicName: string, upstreamModel: string): Price {
    const named = this.catalogue.get(publicName);
    return (
      this.configured.get(publicName) ??
      this.configured.get(upstreamModel) ??
      (named?.upstreamModel === upstreamModel ? named.price : undefined) ??
      this.catalogue.get(upstreamModel)?.price ??
      named?.price ??
      this.ceiling
    );
  }
}

function toPrice(row: GatewayConfig['prices'][string]): Price {
  const inputPusd = parseUsdPerMillionTokens(row.input_usd_per_mtok);
  return {
    inputPusd,
    cachedInputPusd: row.cached_input_usd_per_mtok
      ? parseUsdPerMillionTokens(row.cached_input_usd_per_mtok)
      : inputPusd,
    outputPusd: parseUsdPerMillionTokens(row.output_usd_per_mtok),
    longContext: undefined,
    estimated: false,
  };
}

function ceilingOf(prices: Price[]): Price {
  const highest = (pick: (price: Price) => PicoUsd) =>
    prices.reduce((max, price) => (pick(price) > max ? pick(price) : max), 0n);
  const inputPusd = highest((price) => price.inputPusd);
  return {
    inputPusd,
    cachedInputPusd: inputPusd,
    outputPusd: highest((price) => price.outputPusd),
    longContext: undefined,
    estimated: true,
  };
}
