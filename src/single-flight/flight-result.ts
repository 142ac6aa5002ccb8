import type { TokenUsage } from '@thriftgate/providers';
import type { GatewayError } from '../common/errors';

/** A whole answer that one call paid for and all who asked the same at the same time get. */
export interface SharedAnswer {
  /**
   * The answer as the upstream gave it; of a stream, as it would have come without one. Empty where it was too long to be
   * sent from another replica: then it lies in the cache, if it is anywhere.
   */
  body: Buffer;
  usage: TokenUsage;
  /** What it costs at list price, and what it did cost, in pico-dollars. */
  listCostPusd: bigint;
  costPusd: bigint;
  provider: string;
  upstreamModel: string;
}

/** Who answers, as the headers say it before the first byte. */
export type FlightOrigin = Pick<SharedAnswer, 'provider' | 'upstreamModel'>;

/**
 * How a question that several wait for came to its end.
 *
 * - `done`: with a whole answer. Of a stream, `last` is what came with its end mark, and `usageChunk` goes to those who ask
 *   for it, each with its own cost
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
  /** `upstream`: it may have failed for this try alone; `leader`: whoever asked had no money; `lost`: nobody asks any more. */
  of: 'upstream' | 'leader' | 'lost';
}

/** The texts of a stream that are the same for all readers, and how it ended; undefined when it was given up. */
export type FlightSource = AsyncGenerator<string, FlightResult | undefined, undefined>;
