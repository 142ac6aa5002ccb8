import { Injectable, type OnModuleInit } from '@nestjs/common';
import type { BatchDiscount } from '@thriftgate/providers';
import { AlertsService } from '../alerts/alerts.service';
import { parseUsdPerMillionTokens, type PicoUsd } from '../common/money';
import { GatewayConfig } from '../config/gateway-config';
import { ChangeFeed } from '../database/change-feed.service';
import { ProviderRegistry } from '../providers/provider-registry.service';
import { type CatalogueModel, loadCatalogue } from './catalogue';
import { atClock } from './off-peak';
import { FREE, multiplied, type Price, type Priced, type TokenPrices } from './price';
import type { PriceRow } from './price-row';
import { PricesRepository } from './prices.repository';
import { retirementAlert } from './retirement';
import { unknownPriceAlert } from './unknown-price';
import { oneAtATime } from '../common/runtime/one-at-a-time';

interface Resolved {
  price: Price;
  /** When the next row comes into force, in milliseconds since 1970. */
  untilMs: number;
}

const NO_TEAM = '';
const DAY_MS = 24 * 3_600_000;

/** All prices: of the catalogue, of gateway.yaml, and of administrators and imports, each from its time on. */
@Injectable()
export class PriceBook implements OnModuleInit {
  readonly catalogue: ReadonlyMap<string, CatalogueModel> = loadCatalogue();
  private readonly configured: ReadonlyMap<string, Price>;
  private readonly ceiling: Price;
  /** The latest `valid_from` first. */
  private rows: readonly PriceRow[] = [];
  private teams = new Set<string>();
  private resolved = new WeakMap<Priced, Map<string, Resolved>>();
  /** The public names whose retirement was looked at today. */
  private readonly warned = new Set<string>();
  /** When the next day begins, in milliseconds since 1970. */
  private retirementsAt = 0;
  /** The public names whose calls had a guessed price. */
  private readonly guessed = new Set<string>();

  private readonly reload = oneAtATime(() => this.readAll());

  constructor(
    config: GatewayConfig,
    private readonly repository: PricesRepository,
    private readonly changeFeed: ChangeFeed,
    private readonly providers: ProviderRegistry,
    private readonly alerts: AlertsService,
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
   * The price in force for a team at a time. `priced` should be the same object each time, because prices are cached by it. A
   * model without a known price is charged at the highest prices of the catalogue, marked as estimated, never at zero.
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

  /**
   * As `of`, for a call that is about to be charged. A guessed price raises an alert, once for each model, and a model that its
   * vendor retires soon raises one a day.
   */
  ofCall(priced: Priced, teamId: string, nowMs: number): Price {
    const price = this.of(priced, teamId, nowMs);
    if (nowMs >= this.retirementsAt) this.beginDay(nowMs);
    const retiresOn = this.catalogue.get(priced.upstreamModel)?.retiresOn;
    if (retiresOn !== undefined) this.warnOfRetirement(priced, retiresOn, nowMs);
    if (price.estimated && !this.guessed.has(priced.publicName)) {
      this.guessed.add(priced.publicName);
      this.alerts.raise(unknownPriceAlert(priced, price));
    }
    return price;
  }

  private beginDay(nowMs: number): void {
    this.retirementsAt = (Math.floor(nowMs / DAY_MS) + 1) * DAY_MS;
    this.warned.clear();
  }

  private warnOfRetirement(priced: Priced, retiresOn: string, nowMs: number): void {
    if (this.warned.has(priced.publicName) || this.providers.isSimulated(priced.provider)) return;
    this.warned.add(priced.publicName);
    const alert = retirementAlert(priced, retiresOn, nowMs);
    if (alert) this.alerts.raise(alert);
  }

  /** What a provider's batches cost less; undefined where it sells none. */
  batchDiscountOf(provider: string): BatchDiscount | undefined {
    return this.providers.find(provider)?.api.batches?.discount;
  }

  /** The price in force at any past or future time. */
  at(priced: Priced, teamId: string, timeMs: number): Price {
    return this.resolve(priced, teamId, timeMs).price;
  }

  /**
   * From the least specific to the most: catalogues, rows for everybody, gateway.yaml, a provider's rows, a team's rows, and
   * a team's rows for a provider. A multiplier applies to the price found so far. The simulator is free.
   */
  private resolve(priced: Priced, teamId: string, timeMs: number): Resolved {
    if (this.providers.isSimulated(priced.provider)) return { price: FREE, untilMs: Infinity };
    const rows = this.rows.filter((row) => row.source === 'admin' && appliesTo(row, priced, teamId));
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
    const now = atClock(price, timeMs);
    return { price: now.price, untilMs: Math.min(now.untilMs, ...later) };
  }

  /** The catalogue price of a model at a time: of the newest imported catalogue, else of the built-in one. */
  catalogued(priced: Priced, timeMs: number): Price {
    const imported = this.importsOf(priced).find((row) => row.validFromMs <= timeMs);
    return imported ? apply(imported, this.ceiling) : this.listed(priced);
  }

  /** The rows of imported catalogues for a model. Their names may have a vendor prefix. */
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

  /** The price in the built-in catalogue. The public name decides if two vendors have a model of the same name. */
  private listed({ publicName, upstreamModel }: Priced): Price {
    const named = this.catalogue.get(publicName);
    return (
      (named?.upstreamModel === upstreamModel ? named.price : undefined) ??
      this.catalogue.get(upstreamModel)?.price ??
      named?.price ??
      this.ceiling
    );
  }

  private async readAll(): Promise<void> {
    this.rows = await this.repository.all();
    this.teams = new Set(this.rows.flatMap(({ teamId }) => teamId ?? []));
    this.resolved = new WeakMap();
  }
}

function appliesTo(row: PriceRow, { publicName, upstreamModel, provider }: Priced, teamId: string): boolean {
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

/** Rates as decimal strings, in dollars per million tokens. Missing rates are those of input or output. */
export interface WrittenRates {
  input_usd_per_mtok: string;
  output_usd_per_mtok: string;
  cached_input_usd_per_mtok?: string | undefined;
  cache_write_usd_per_mtok?: string | undefined;
  long_cache_write_usd_per_mtok?: string | undefined;
  reasoning_usd_per_mtok?: string | undefined;
  audio_input_usd_per_mtok?: string | undefined;
  cached_audio_usd_per_mtok?: string | undefined;
  audio_output_usd_per_mtok?: string | undefined;
}

export interface WrittenPrice extends WrittenRates {
  batch?: WrittenRates | undefined;
  tiers?: (WrittenRates & { above_input_tokens: number })[] | undefined;
}

/** Reads a written price. @throws RangeError when it is finer than a pico-dollar a token */
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
    longCacheWritePusd: rareRate(written.long_cache_write_usd_per_mtok),
    outputPusd,
    reasoningPusd: or(written.reasoning_usd_per_mtok, outputPusd),
    audioInputPusd: rareRate(written.audio_input_usd_per_mtok),
    cachedAudioPusd: rareRate(written.cached_audio_usd_per_mtok),
    audioOutputPusd: rareRate(written.audio_output_usd_per_mtok),
  };
}

function rareRate(text: string | undefined): PicoUsd | undefined {
  return text === undefined ? undefined : parseUsdPerMillionTokens(text);
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
    cacheWritePusd: highest((price) => price.longCacheWritePusd ?? price.cacheWritePusd),
    outputPusd,
    reasoningPusd: outputPusd,
    id: null,
    tiers: [],
    batch: undefined,
    estimated: true,
  };
}
