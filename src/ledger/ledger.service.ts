import { Injectable } from '@nestjs/common';
import type { TokenUsage } from '@thriftgate/providers';
import { Clock } from '../common/clock';
import { isoTime } from '../common/iso-time';
import type { PicoUsd } from '../common/money';
import type { Owner } from '../common/owner';
import { JournalRefusal } from './journal/journal-refusal';
import { Journal } from './journal/journal.service';
import { storableCount, storablePusd, storableText } from './journal/storable';
import { ratedFacts } from './rated-facts';

/** What is known of an attempt before it is made; members are named as the ledger's columns. */
export interface IntentEntry {
  request_id: string;
  attempt: number;
  team_id: string;
  key_id: string;
  model: string;
  provider: string | null;
  upstream_model: string | null;
  endpoint: string;
  stream: boolean;
  cache_status: string;
  cache_generation: number;
  /** Names the question, so that one that was asked again is found: a `bigint` in decimals. */
  question: string | null;
  /** The row of `prices` that it is charged by. */
  price_id: string | null;
  /** The windows of budgets that pay. */
  charged: string[] | null;
  batch_id: string | null;
  custom_id: string | null;
  tags: readonly string[] | null;
}

/** How an attempt ended. */
export interface Outcome {
  state: 'settled' | 'failed' | 'unknown';
  status: number;
  /** The version that answered; the deployment's model where none was named. */
  upstreamModel: string | null;
  usage: TokenUsage;
  listCostPusd: PicoUsd;
  costPusd: PicoUsd;
  savedBy: 'cache' | 'coalesced' | 'dedupe' | 'batch' | 'prompt_cache' | 'routing' | null;
  estimated: boolean;
  /** Whether the cost is the worst one, because the usage was not seen to its end. */
  atWorst?: boolean;
  errorCode: string | null;
  /** Why the answer is not stored; null where it is, and where none came. */
  uncached: string | null;
  /** Milliseconds; null where a vendor's queue was waited for. */
  latencyMs: number | null;
  ttftMs: number | null;
}

/** The usage of an attempt that brought nothing. */
export const NO_TOKENS: TokenUsage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, reasoningTokens: 0 };

/** The end of an attempt that was refused before it was sent. */
const NOT_MADE: Outcome = {
  state: 'failed',
  status: 503,
  upstreamModel: null,
  usage: NO_TOKENS,
  listCostPusd: 0n,
  costPusd: 0n,
  savedBy: null,
  estimated: false,
  errorCode: 'unavailable',
  uncached: null,
  latencyMs: 0,
  ttftMs: null,
};

/** An attempt that has begun and must be ended by {@link LedgerService.settle}, once. */
export interface OpenAttempt {
  readonly key: string;
  /** The columns of the row that do not change any more: the beginning of its JSON text. */
  readonly head: string;
  readonly inputTokens: number;
  readonly holdPusd: PicoUsd;
}

/** The row of an attempt that has no end in the database yet. */
export interface OpenRow extends Omit<IntentEntry, 'question'> {
  question: bigint | null;
  input_tokens: number;
  cost_pusd: PicoUsd;
  created_at: Date;
  owner: string;
}

/** The only writer of the ledger: an intent before an attempt, its settlement after, both in the journal first. */
@Injectable()
export class LedgerService {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /**
   * Notes an attempt before the upstream hears of it.
   *
   * @param holdPusd what the attempt costs at worst; it stands as the estimate if its owner ends before its end is known
   * @param owner who has the attempt open: this instance, or a batch, which any instance may settle it for
   * @throws GatewayError `unavailable` when the journal cannot be written
   */
  async open(
    intent: IntentEntry,
    inputTokens: number,
    holdPusd: PicoUsd,
    owner: Owner = this.journal.owner,
  ): Promise<OpenAttempt> {
    const open = { key: keyOf(intent), head: headOf(intent, this.clock.now(), owner.id), inputTokens, holdPusd };
    try {
      await this.journal.append(open.key, dispatchedRow(intent, open));
    } catch (error) {
      // An attempt that is not made must not stand open: nothing would end it, and it would be charged at its worst.
      if (error instanceof JournalRefusal && error.mayBeWritten) this.settle(open, NOT_MADE).catch(() => undefined);
      throw error;
    }
    return open;
  }

  /** Notes how an attempt ended, whichever instance opened it. @throws GatewayError `unavailable` when the journal cannot be written */
  settle(open: OpenAttempt, outcome: Outcome): Promise<void> {
    return this.journal.end(open.key, endedRow(open.head, outcome));
  }

  /** Notes a call that needed no attempt: an answer from the cache. */
  record(intent: IntentEntry, outcome: Outcome): Promise<void> {
    const head = headOf(intent, this.clock.now() - (outcome.latencyMs ?? 0), this.journal.owner.id);
    return this.journal.append(keyOf(intent), endedRow(head, outcome));
  }
}

/**
 * An attempt of a batch, whose rows are written by `LedgerRepository.write`. Made again of the same it is the same.
 *
 * @param createdAtMs milliseconds since 1970
 */
export function openedBy(
  owner: Owner,
  intent: IntentEntry,
  { inputTokens, holdPusd, createdAtMs }: { inputTokens: number; holdPusd: PicoUsd; createdAtMs: number },
): OpenAttempt {
  return { key: keyOf(intent), head: headOf(intent, createdAtMs, owner.id), inputTokens, holdPusd };
}

/** The row that opens an attempt, for `LedgerRepository.write`. */
export function openingRow(intent: IntentEntry, open: OpenAttempt): string {
  return dispatchedRow(intent, open);
}

/** The row of an attempt that has ended, for `LedgerRepository.write`. */
export function rowOf({ head }: Pick<OpenAttempt, 'head'>, outcome: Outcome): string {
  return endedRow(head, outcome);
}

/**
 * An attempt as it was opened, from its row: to be settled by an instance that did not open it.
 */
export function reopened(row: OpenRow): OpenAttempt {
  const intent = { ...row, question: row.question === null ? null : String(row.question) };
  return {
    key: keyOf(intent),
    head: headOf(intent, row.created_at.getTime(), row.owner),
    inputTokens: row.input_tokens,
    holdPusd: row.cost_pusd,
  };
}

/** The columns that are known when a row is opened, as PostgreSQL stores them; JSON leaves out what is undefined. */
function headOf(intent: IntentEntry, createdAt: number, owner: string): string {
  const columns = {
    request_id: intent.request_id,
    attempt: intent.attempt,
    team_id: intent.team_id,
    key_id: intent.key_id,
    model: storableText(intent.model),
    provider: storable(intent.provider),
    endpoint: intent.endpoint,
    stream: intent.stream,
    cache_status: intent.cache_status,
    cache_generation: intent.cache_generation,
    created_at: isoTime(createdAt),
    owner,
    batch_id: intent.batch_id ?? undefined,
    custom_id: intent.custom_id === null ? undefined : storableText(intent.custom_id),
    tags: intent.tags?.map(storableText),
    question: intent.question ?? undefined,
    price_id: intent.price_id ?? undefined,
    charged: intent.charged ?? undefined,
  };
  return JSON.stringify(columns).slice(0, -1);
}

/** A row with more columns than its head has. */
function rowWith(head: string, columns: object): string {
  return `${head},${JSON.stringify(columns).slice(1)}`;
}

function keyOf(intent: IntentEntry): string {
  return `${intent.request_id}.${intent.attempt}`;
}

function dispatchedRow(intent: IntentEntry, { head, inputTokens, holdPusd }: OpenAttempt): string {
  const pusd = String(storablePusd(holdPusd));
  return rowWith(head, {
    state: 'dispatched',
    upstream_model: storable(intent.upstream_model),
    input_tokens: storableCount(inputTokens),
    cached_input_tokens: 0,
    output_tokens: 0,
    reasoning_tokens: 0,
    list_cost_pusd: pusd,
    cost_pusd: pusd,
    saved_pusd: '0',
    estimated: true,
  });
}

function endedRow(head: string, outcome: Outcome): string {
  const { usage } = outcome;
  const { cacheWriteTokens = 0 } = usage;
  const listPusd = storablePusd(outcome.listCostPusd);
  const costPusd = storablePusd(outcome.costPusd);
  return rowWith(head, {
    state: outcome.state,
    status: outcome.status,
    upstream_model: storable(outcome.upstreamModel),
    input_tokens: storableCount(usage.inputTokens),
    cached_input_tokens: storableCount(usage.cachedInputTokens),
    cache_write_tokens: cacheWriteTokens === 0 ? undefined : storableCount(cacheWriteTokens),
    output_tokens: storableCount(usage.outputTokens),
    reasoning_tokens: storableCount(usage.reasoningTokens),
    list_cost_pusd: String(listPusd),
    cost_pusd: String(costPusd),
    saved_pusd: String(listPusd - costPusd),
    saved_by: outcome.savedBy ?? undefined,
    estimated: outcome.estimated,
    rated: ratedFacts(usage, outcome.atWorst ?? false),
    error_code: outcome.errorCode === null ? undefined : storableText(outcome.errorCode),
    uncached: outcome.uncached ?? undefined,
    latency_ms: outcome.latencyMs === null ? undefined : storableCount(outcome.latencyMs),
    ttft_ms: outcome.ttftMs === null ? undefined : storableCount(outcome.ttftMs),
  });
}

function storable(text: string | null): string | null {
  return text === null ? null : storableText(text);
}
