import type { TokenUsage } from '@thriftgate/providers';
import type { GatewayError } from '../common/errors';

/** A whole answer that one call paid for and every equal call at the same time gets. */
export interface SharedAnswer {
  /**
   * The answer as the upstream gave it; of a stream, as it would have come without one. Empty where it was too long to be
   * sent from another replica: then the cache has it, if anything has.
   */
  body: Buffer;
  usage: TokenUsage;
  /** What it costs at list price, and what it did cost, in pico-dollars. */
  listCostPusd: bigint;
  costPusd: bigint;
  provider: string;
  upstreamModel: string;
}

/** Which upstream answers, as the headers say it before the first byte. */
export type FlightOrigin = Pick<SharedAnswer, 'provider' | 'upstreamModel'>;

/**
 * How a flight ended.
 *
 * - `done`: with a whole answer. Of a stream, `last` is what came with its end mark, and `usageChunk` goes to callers that
 *   want usage, each with its own cost
 * - `broken`: a stream that broke off after its first content
 * - `failed`: without any content
 */
export type FlightResult =
  | { kind: 'done'; last: string; usageChunk: string | undefined; answer: SharedAnswer }
  | { kind: 'broken'; last: string; error: GatewayError; code: string }
  | FlightFailure;

export interface FlightFailure {
  kind: 'failed';
  error: unknown;
  /** `upstream`: the attempts failed; `leader`: the leader's budget had no room; `lost`: the leader is gone. */
  of: 'upstream' | 'leader' | 'lost';
}

/** The texts of a stream that are the same for all readers, and how it ended; undefined when it was abandoned. */
export interface FlightSource {
  next(): Promise<IteratorResult<string, FlightResult | undefined>>;
  /** The reader wants no more. Resolves when what was used is settled. */
  return(): Promise<void>;
}
