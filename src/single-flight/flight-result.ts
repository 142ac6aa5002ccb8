import type { TokenUsage } from '@thriftgate/providers';
import type { GatewayError } from '../common/errors';

/** A whole response that one call pays for and that every equal call at the same time gets. */
export interface SharedAnswer {
  /**
   * The response as the upstream sent it; for a stream, the equivalent JSON response. Empty when it was too long for a
   * message from another replica: then it is read from the cache.
   */
  body: Buffer;
  usage: TokenUsage;
  /** List cost and cost, in pico-dollars. */
  listCostPusd: bigint;
  costPusd: bigint;
  provider: string;
  upstreamModel: string;
  /** Members of the request that the vendor lacks; undefined for none. */
  dropped?: readonly string[] | undefined;
}

/** Which upstream responds; sent in the headers, before the first byte. */
export type FlightOrigin = Pick<SharedAnswer, 'provider' | 'upstreamModel' | 'dropped'>;

/**
 * How a flight ended.
 *
 * - `done`: with a whole response. For a stream, `last` is the text with its end mark, and `usageChunk` goes to the callers
 *   that requested usage, each with its own cost
 * - `broken`: a stream that ended early, after its first content; where `isClosed`, `last` has the event that says so
 * - `failed`: without any content
 */
export type FlightResult =
  | { kind: 'done'; last: string; usageChunk: string | undefined; answer: SharedAnswer }
  | { kind: 'broken'; last: string; isClosed?: boolean; error: GatewayError; code: string }
  | FlightFailure;

export interface FlightFailure {
  kind: 'failed';
  error: unknown;
  /** `upstream`: the attempts failed; `leader`: the leader's budget had no room; `lost`: the leader is gone. */
  of: 'upstream' | 'leader' | 'lost';
}

/** The texts of a stream, equal for all readers, and then its result; undefined when the stream was abandoned. */
export interface FlightSource {
  next(): Promise<IteratorResult<string, FlightResult | undefined>>;
  /** Stops reading. Resolves when the usage so far is settled. */
  return(): Promise<void>;
}
