import { Injectable, type OnModuleInit } from '@nestjs/common';
import { parseUsdPerMillionTokens, type PicoUsd } from '../common/money';
import { GatewayConfig } from '../config/gateway-config';
import { ChangeFeed } from '../database/change-feed.service';
import { ProviderRegistry } from '../providers/provider-registry.service';
import { type CatalogueModel, loadCatalogue } from './catalogue';
import { FREE, multiplied, type Price, type TokenPrices } from './price';
import { type PriceRow, PricesRepository } from './prices.repository';

/** What is priced: a deployment under its public name, for a team. */
export interface Priced {
  publicName: string;
  upstreamModel: string;
  provider: string;
}

interface Resolved {
  price: Price;
  /** When another row comes into force, in milliseconds since 1970. */
  untilMs: number;
}

const NO_TEAM = '';

/** Every price: the catalogue's, those of gateway.yaml, and those that administrators set, each from its time on. */
@Injectable()
export class PriceBook implements OnModuleInit {
  readonly catalogue: ReadonlyMap<string, CatalogueModel> = loadCatalogue();
  private readonly configured: ReadonlyMap<string, Price>;
  private readonly ceiling: Price;
  /** Newest first; of two of the same time the one that was made later. */
  private rows: readonly PriceRow[] = [];
  private teams = new Set<string>();
  private resolved = new WeakMap<Priced, Map<string, Resolved>>();

  constructor(
    config: GatewayConfig,
    private readonly repository: PricesRepository,
    private readonly changeFeed: ChangeFeed,
    private readonly providers: ProviderRegistry,
  ) {
    providers.onReload(() => void (this.resolved = new WeakMap()));
    this.configured = new Map(Object.entries(config.prices).map(([name, row]) => [name, toPrice(row)]));
    this.ceiling = ceilingOf([...this.catalogue.values()].flatMap((model) => model.price ?? []));
  }

  async onModuleInit(): Promise<void> {
    this.changeFeed.onChange('prices', () => this.reload());
    await this.reload();
  }

  /**
   * The price in force for a team at a time; `priced` should be the same object each time, for what is found is kept with
   * it. A model without a known price is charged at the dearest of the catalogue, marked as estimated, never at zero.
   */
  of(priced: Priced, teamId: string, nowMs: number): Price {
    const team = this.teams.has(teamId) ? teamId : NO_TEAM;
    const byTeam = this.resolved.get(priced);
    const known = byTeam?.get(team);
    if (known && nowMs < known.untilMs) return known.price;
    const found = this.resolve(priced, team, nowMs);
    if (byTeam) byTeam.set(team, found);
    else this.resolved.set(priced, new Map([[team, found]]));
    return found.price;
  }

  /** The price that was or will be in force at any time. */
  at(priced: Priced, teamId: string, timeMs: number): Price {
    return this.resolve(priced, teamId, timeMs).price;
  }

  /**
   * From the least special to the most: catalogues, rows for everybody, gateway.yaml, a provider's rows, a team's rows, and
   * those of a team at a provider. A multiplier changes what was found so far. The simulator is free.
   */
  private resolve(priced: Priced, teamId: string, timeMs: number): Resolved {
    if (this.providers.isSimulated(priced.provider)) return { price: FREE, untilMs: Infinity };
    const rows = this.rows.filter((row) => row.source === 'admin' && speaksOf(row, priced, teamId));
    const latest = (provider: boolean, team: boolean) =>
      rows.find(
        (row) => row.validFromMs <= timeMs && (row.provider !== null) === provider && (row.teamId !== null) === team,
      );
    const imports = this.importsOf(priced);
    let price = apply(latest(false, false), this.catalogued(priced, timeMs));
    price = this.configured.get(priced.publicName) ?? this.configured.get(priced.upstreamModel) ?? price;
    price = apply(latest(true, false), price);
    price = apply(latest(false, true), price);
    price = apply(latest(true, true), price);
    const later = [...rows, ...imports].map((row) => row.validFromMs).filter((validFromMs) => validFromMs > timeMs);
    return { price, untilMs: Math.min(Infinity, ...later) };
  }

  /** What catalogues say of a model at a time: the newest one that was imported, else the built-in one. */
  catalogued(priced: Priced, timeMs: number): Price {
    const imported = this.importsOf(priced).find((row) => row.validFromMs <= timeMs);
    return imported ? apply(imported, this.ceiling) : this.listed(priced);
  }

  /** Rows of imported catalogues have the catalogue's names, where a vendor may stand in front. */
  private importsOf({ publicName, upstreamModel }: Priced): PriceRow[] {
    const withVendor = `${this.catalogue.get(upstreamModel)?.vendor}/${upstreamModel}`;
    return this.rows.filter(
      ({ source, model }) =>
        source === 'import' &&
        (model === upstreamModel ||
          model === withVendor ||
          (model === publicName && publicName.endsWith(`/${upstreamModel}`))),
    );
  }

  /** The catalogue's price. The public name decides where two vendors have a model of one name. */
  private listed({ publicName, upstreamModel }: Priced): Price {
    const named = this.catalogue.get(publicName);
    return (
      (named?.upstreamModel === upstreamModel ? named.price : undefined) ??
      this.catalogue.get(upstreamModel)?.price ??
      named?.price ??
      this.ceiling
    );
  }

  private async reload(): Promise<void> {
    this.rows = await this.repository.all();
    this.teams = new Set(this.rows.flatMap(({ teamId }) => teamId ?? []));
    this.resolved = new WeakMap();
  }
}

function speaksOf(row: PriceRow, { publicName, upstreamModel, provider }: Priced, teamId: string): boolean {
  return (
    (row.model === null || row.model === publicName || row.model === upstreamModel) &&
    (row.provider === null || row.provider === provider) &&
    (row.teamId === null || row.teamId === teamId)
  );
}

function apply(row: PriceRow | undefined, price: Price): Price {
  if (!row) return price;
  return row.multiplierMillionths === null
    ? { ...row.price, id: row.id }
    : multiplied(price, row.multiplierMillionths, row.id);
}

/** A price as people write it: dollars per million tokens; what is left out is as dear as input or output. */
export interface WrittenRates {
  input_usd_per_mtok: string;
  output_usd_per_mtok: string;
  cached_input_usd_per_mtok?: string | undefined;
  cache_write_usd_per_mtok?: string | undefined;
  reasoning_usd_per_mtok?: string | undefined;
}

export interface WrittenPrice extends WrittenRates {
  batch?: WrittenRates | undefined;
  tiers?: (WrittenRates & { above_input_tokens: number })[] | undefined;
}

/** Reads a price that a person wrote. @throws RangeError when it is finer than a pico-dollar a token */
export function toPrice(written: WrittenPrice): Price {
  const tiers = (written.tiers ?? []).map((tier) => ({ ...toRates(tier), aboveInputTokens: tier.above_input_tokens }));
  return {
    ...toRates(written),
    id: null,
    tiers: tiers.toSorted((a, b) => b.aboveInputTokens - a.aboveInputTokens),
    batch: written.batch && toRates(written.batch),
    estimated: false,
  };
}

function toRates(written: WrittenRates): TokenPrices {
  const inputPusd = parseUsdPerMillionTokens(written.input_usd_per_mtok);
  const outputPusd = parseUsdPerMillionTokens(written.output_usd_per_mtok);
  const or = (text: string | undefined, other: PicoUsd) =>
    text === undefined ? other : parseUsdPerMillionTokens(text);
  return {
    inputPusd,
    cachedInputPusd: or(written.cached_input_usd_per_mtok, inputPusd),
    cacheWritePusd: or(written.cache_write_usd_per_mtok, inputPusd),
    outputPusd,
    reasoningPusd: or(written.reasoning_usd_per_mtok, outputPusd),
  };
}

function ceilingOf(prices: Price[]): Price {
  const highest = (pick: (price: TokenPrices) => PicoUsd) =>
    prices
      .flatMap((price) => [price, ...price.tiers])
      .reduce((max, price) => (pick(price) > max ? pick(price) : max), 0n);
  const inputPusd = highest((price) => price.inputPusd);
  const outputPusd = highest((price) => price.outputPusd);
  return {
    inputPusd,
    cachedInputPusd: inputPusd,
    cacheWritePusd: highest((price) => price.cacheWritePusd),
    outputPusd,
    reasoningPusd: outputPusd,
    id: null,
    tiers: [],
    batch: undefined,
    estimated: true,
  };
}
