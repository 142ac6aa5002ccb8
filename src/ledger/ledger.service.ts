import { Injectable } from '@nestjs/common';
import { Clock } from '../common/clock';
import { isoTime } from '../common/iso-time';
import type { PicoUsd } from '../common/money';
import { memoize } from '../common/runtime/memoize';
import { Journal, JournalRefusal } from './journal/journal.service';
import { storableCount, storablePusd, storableText } from './journal/storable';

/** What is known of a try before it is made; members are named as the ledger's columns. */
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

/** How a try ended. */
export interface Outcome {
  state: 'settled' | 'failed' | 'unknown';
  status: number;
  /** The version that answered; the deployment's model where none was named. */
  upstreamModel: string | null;
  inputTokens: number;
  cachedInputTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  listCostPusd: PicoUsd;
  costPusd: PicoUsd;
  savedBy: 'cache' | 'coalesced' | 'prompt_cache' | 'routing' | null;
  estimated: boolean;
  errorCode: string | null;
  /** Why the answer is not stored; null where it is, and where none came. */
  uncached: string | null;
  latencyMs: number;
  ttftMs: number | null;
}

/** The end of a try that was refused before it was sent. */
const NOT_MADE: Outcome = {
  state: 'failed',
  status: 503,
  upstreamModel: null,
  inputTokens: 0,
  cachedInputTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  reasoningTokens: 0,
  listCostPusd: 0n,
  costPusd: 0n,
  savedBy: null,
  estimated: false,
  errorCode: 'unavailable',
  uncached: null,
  latencyMs: 0,
  ttftMs: null,
};

/** A try that has begun and must be ended by {@link LedgerService.settle}, once. */
export interface OpenAttempt {
  readonly key: string;
  /** The part of the row's JSON text that does not change any more. */
  readonly head: string;
  readonly inputTokens: number;
  readonly holdPusd: PicoUsd;
}

/**
 * The only writer of the ledger: an intent before a try, its settlement after, both in the journal first. Rows are written
 * as JSON text from the start, because building objects of thirty members is dear at this place.
 */
@Injectable()
export class LedgerService {
  constructor(
    private readonly journal: Journal,
    private readonly clock: Clock,
  ) {}

  /**
   * Notes a try before the upstream hears of it.
   *
   * @param holdPusd what the try costs at worst; it stands as the estimate if this process dies before the end is known
   * @throws GatewayError `unavailable` when the journal cannot be written
   */
  async open(intent: IntentEntry, inputTokens: number, holdPusd: PicoUsd): Promise<OpenAttempt> {
    const open = { key: keyOf(intent), head: this.head(intent, this.clock.now()), inputTokens, holdPusd };
    try {
      await this.journal.append(open.key, open.head + dispatchedTail(intent, open));
    } catch (error) {
      // A try that is not made must not stand open: nobody would end it, and it would be charged for at last.
      if (error instanceof JournalRefusal && error.mayBeWritten) this.settle(open, NOT_MADE).catch(() => undefined);
      throw error;
    }
    return open;
  }

  /** Notes how a try ended. @throws GatewayError `unavailable` when the journal cannot be written */
  settle(open: OpenAttempt, outcome: Outcome): Promise<void> {
    return this.journal.end(open.key, open.head + outcomeTail(outcome));
  }

  /** Notes a call that needed no try: an answer from the cache. */
  record(intent: IntentEntry, outcome: Outcome): Promise<void> {
    return this.journal.append(
      keyOf(intent),
      this.head(intent, this.clock.now() - outcome.latencyMs) + outcomeTail(outcome),
    );
  }

  private head(intent: IntentEntry, createdAt: number): string {
    return (
      `{"request_id":"${intent.request_id}","attempt":${intent.attempt},"team_id":${text(intent.team_id)},"key_id":${text(intent.key_id)}` +
      `,"model":${text(intent.model)},"provider":${text(intent.provider)},"endpoint":${text(intent.endpoint)},"stream":${intent.stream}` +
      `,"cache_status":"${intent.cache_status}","cache_generation":${intent.cache_generation}` +
      `,"created_at":"${isoTime(createdAt)}","epoch":"${this.journal.epoch}"` +
      // What is missing here is NULL in the row; few rows have these.
      (intent.batch_id === null ? '' : `,"batch_id":${text(intent.batch_id)},"custom_id":${text(intent.custom_id)}`) +
      (intent.tags === null ? '' : `,"tags":${JSON.stringify(intent.tags.map(storableText))}`) +
      (intent.question === null ? '' : `,"question":"${intent.question}"`) +
      (intent.price_id === null ? '' : `,"price_id":"${intent.price_id}"`) +
      (intent.charged === null ? '' : `,"charged":${JSON.stringify(intent.charged)}`)
    );
  }
}

function keyOf(intent: IntentEntry): string {
  return `${intent.request_id}.${intent.attempt}`;
}

function dispatchedTail(intent: IntentEntry, { inputTokens, holdPusd }: OpenAttempt): string {
  const pusd = storablePusd(holdPusd);
  return (
    `,"state":"dispatched","upstream_model":${text(intent.upstream_model)},"input_tokens":${storableCount(inputTokens)}` +
    `,"cached_input_tokens":0,"output_tokens":0,"reasoning_tokens":0` +
    `,"list_cost_pusd":"${pusd}","cost_pusd":"${pusd}","saved_pusd":"0","estimated":true}`
  );
}

function outcomeTail(outcome: Outcome): string {
  const listPusd = storablePusd(outcome.listCostPusd);
  const costPusd = storablePusd(outcome.costPusd);
  return (
    `,"state":"${outcome.state}","status":${outcome.status},"upstream_model":${text(outcome.upstreamModel)}` +
    `,"input_tokens":${storableCount(outcome.inputTokens)},"cached_input_tokens":${storableCount(outcome.cachedInputTokens)}` +
    `,"output_tokens":${storableCount(outcome.outputTokens)},"reasoning_tokens":${storableCount(outcome.reasoningTokens)}` +
    `,"list_cost_pusd":"${listPusd}","cost_pusd":"${costPusd}","saved_pusd":"${listPusd - costPusd}"` +
    `,"estimated":${outcome.estimated},"latency_ms":${storableCount(outcome.latencyMs)}` +
    (outcome.savedBy === null ? '' : `,"saved_by":"${outcome.savedBy}"`) +
    (outcome.ttftMs === null ? '' : `,"ttft_ms":${storableCount(outcome.ttftMs)}`) +
    (outcome.errorCode === null ? '' : `,"error_code":${text(outcome.errorCode)}`) +
    (outcome.cacheWriteTokens === 0 ? '' : `,"cache_write_tokens":${storableCount(outcome.cacheWriteTokens)}`) +
    `${outcome.uncached === null ? '' : `,"uncached":"${outcome.uncached}"`}}`
  );
}

const quoted = memoize((name) => JSON.stringify(storableText(name)));

function text(value: string | null): string {
  return value === null ? 'null' : quoted(value);
}
