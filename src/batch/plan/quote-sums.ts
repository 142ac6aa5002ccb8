import type { BatchQuote } from '@thriftgate/contracts';
import type { CacheEntry } from '../../cache/store/cache-entry';
import { formatUsd, type PicoUsd } from '../../common/money';
import type { ChosenWay, Way } from '../ways/way';
import type { PlannedCall } from './line-planner.service';
import type { LineQuote } from './line-quotes.service';

/** What a call is taken to write where the team has no calls of its model. */
const UNKNOWN_OUTPUT_TOKENS = 256;

interface SumsName {
  model: string;
  provider: string | null;
  tier: Way | null;
}

/** Lines that no vendor is asked for. */
const NOT_ASKED = { provider: null, tier: null };

interface ModelSums extends SumsName {
  lines: number;
  listPusd: PicoUsd;
  costPusd: PicoUsd;
}

interface Asked {
  model: string;
  listPusd: PicoUsd;
}

/** Sums over the lines of a batch that is not run. */
export class QuoteSums {
  /** When the last line begins; in milliseconds since 1970. */
  lastFromMs = 0;
  private lines = 0;
  private cached = 0;
  private duplicates = 0;
  private inputTokens = 0;
  private leastPusd: PicoUsd = 0n;
  private mostPusd: PicoUsd = 0n;
  private readonly models = new Map<string, ModelSums>();
  private readonly firsts = new Map<string, Asked>();

  /** @param outputTokens what calls of a model write on average */
  constructor(private readonly outputTokens: ReadonlyMap<string, number>) {}

  addFailing(): void {
    this.lines += 1;
  }

  addCached(model: string, { listCostPusd, usage }: Pick<CacheEntry, 'listCostPusd' | 'usage'>): void {
    this.lines += 1;
    this.cached += 1;
    this.inputTokens += usage.inputTokens;
    this.add({ model, ...NOT_ASKED }, listCostPusd, 0n);
  }

  /** Adds a line that asks the same as an earlier one. @returns false where none does */
  isSame({ question, prepared }: PlannedCall): boolean {
    const first = question === undefined ? undefined : this.firsts.get(question);
    if (!first) return false;
    this.lines += 1;
    this.duplicates += 1;
    this.add({ model: prepared.model.name, ...NOT_ASKED }, first.listPusd, 0n);
    return true;
  }

  /** @param quote of what is asked: outside of a vendor's batch, the parts that are not stored */
  addAsked(
    { question, prepared: { model }, hits }: PlannedCall,
    quote: LineQuote,
    { way, fromMs }: Pick<ChosenWay, 'way' | 'fromMs'>,
  ): void {
    this.lines += 1;
    this.lastFromMs = Math.max(this.lastFromMs, fromMs);
    this.inputTokens += quote.inputTokens;
    const written = Math.min(this.outputTokens.get(model.name) ?? UNKNOWN_OUTPUT_TOKENS, quote.mostOutputTokens);
    const { listPusd, costPusd } = quote.likely(written);
    this.leastPusd += quote.leastPusd;
    this.mostPusd += quote.mostPusd;
    const stored = way === 'batch' ? [] : hits.flatMap((hit) => hit?.entry ?? []);
    const wholePusd = stored.reduce((sum, entry) => sum + entry.listCostPusd, listPusd);
    this.inputTokens += stored.reduce((sum, { usage }) => sum + usage.inputTokens, 0);
    if (question !== undefined) this.firsts.set(question, { model: model.name, listPusd: wholePusd });
    this.add({ model: model.name, provider: quote.provider, tier: way }, wholePusd, costPusd);
  }

  /** The lines that are run in one way. */
  readonly linesBy = (way: Way): number =>
    [...this.models.values()].filter(({ tier }) => tier === way).reduce((sum, { lines }) => sum + lines, 0);

  toQuote(expectedEnd: Date): BatchQuote {
    const models = [...this.models.values()];
    const sum = (pick: (each: ModelSums) => PicoUsd) => models.reduce((all, each) => all + pick(each), 0n);
    const [listPusd, costPusd] = [sum((each) => each.listPusd), sum((each) => each.costPusd)];
    return {
      object: 'batch.quote',
      lines: this.lines,
      duplicates: this.duplicates,
      cached: this.cached,
      input_tokens: this.inputTokens,
      list_cost_usd: formatUsd(listPusd),
      cost_usd: {
        at_least: formatUsd(this.leastPusd),
        likely: formatUsd(costPusd),
        at_most: formatUsd(this.mostPusd),
      },
      saved_usd: formatUsd(listPusd - costPusd),
      expected_end: Math.floor(expectedEnd.getTime() / 1000),
      models: models.map(({ model, provider, tier, lines, ...money }) => ({
        model,
        provider,
        tier,
        lines,
        list_cost_usd: formatUsd(money.listPusd),
        cost_usd: formatUsd(money.costPusd),
      })),
    };
  }

  private add({ model, provider, tier }: SumsName, listPusd: PicoUsd, costPusd: PicoUsd): void {
    const name = JSON.stringify([model, provider, tier]);
    const sums = this.models.get(name) ?? { model, provider, tier, lines: 0, listPusd: 0n, costPusd: 0n };
    sums.lines += 1;
    sums.listPusd += listPusd;
    sums.costPusd += costPusd;
    this.models.set(name, sums);
  }
}
