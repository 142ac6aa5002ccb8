import { GatewayError } from '../common/errors';
import { toGatewayError } from '../common/to-gateway-error';
import type { FlightResult, FlightOrigin, SharedAnswer } from './flight-result';

/** The fence distinguishes a leader's messages from those of an earlier leader of the same flight. */
interface FlightReference {
  name: string;
  fence: number;
}

/** Longer bodies are not sent: Redis disconnects a subscriber whose output buffer is too large. */
const MAX_BODY_BYTES = 1024 * 1024;

/** From a follower to the leader. `at`: the number of texts that the follower already has. */
export type ReaderMessage = FlightReference & { from: string } & (
    { kind: 'subscribe'; at: number } | { kind: 'unsubscribe' }
  );

/** From the leader to a follower: the texts `at` to `until` (exclusive), the end after `at` texts, or a sign of life. */
export type LeaderMessage =
  | (FlightReference & { kind: 'text'; at: number; until: number; origin: FlightOrigin | undefined; text: string })
  | (FlightReference & { kind: 'end'; at: number; origin: FlightOrigin | undefined; end: FlightResult })
  | (FlightReference & { kind: 'alive' })
  | (FlightReference & { kind: 'none' });

type EndMessage = Extract<LeaderMessage, { kind: 'end' }>;
type SentMessage = Exclude<FlightMessage, EndMessage> | (Omit<EndMessage, 'end'> & { end: PackedEnd });

/** A message between two replicas about a flight. */
export type FlightMessage = ReaderMessage | LeaderMessage;

interface PackedError {
  status: number;
  message: string;
  type: string;
  param: string | null;
  code: string | null;
  retryAfterSeconds: number | undefined;
}

/** Whether the message contains the whole response. If not, the follower reads it from the cache. */
export function isSentWhole(end: FlightResult): boolean {
  return end.kind !== 'done' || end.answer.body.length <= MAX_BODY_BYTES;
}

export function writeMessage(message: FlightMessage): string {
  const sent: SentMessage = message.kind === 'end' ? { ...message, end: packEnd(message.end) } : message;
  return JSON.stringify(sent);
}

/** @returns undefined when the text is not a message, for example from a replica of another version */
export function readMessage(text: string): FlightMessage | undefined {
  try {
    const message = JSON.parse(text) as SentMessage;
    return message.kind === 'end' ? { ...message, end: unpackEnd(message.end) } : message;
  } catch {
    return undefined;
  }
}

type PackedAnswer = Omit<SharedAnswer, 'body' | 'listCostPusd' | 'costPusd'> & Record<'body' | 'list' | 'cost', string>;
type PackedEnd =
  | { kind: 'done'; last: string; usageChunk: string | undefined; answer: PackedAnswer }
  | { kind: 'broken'; last: string; isClosed?: boolean; error: PackedError; code: string }
  | { kind: 'failed'; error: PackedError; of: 'upstream' | 'leader' | 'lost' };

function packEnd(end: FlightResult): PackedEnd {
  if (end.kind === 'broken') return { ...end, error: packError(end.error) };
  if (end.kind === 'failed') return { ...end, error: packError(end.error) };
  const { body, listCostPusd, costPusd, ...rest } = end.answer;
  const sent = isSentWhole(end) ? body.toString('utf8') : '';
  const answer = { ...rest, body: sent, list: String(listCostPusd), cost: String(costPusd) };
  return { ...end, answer };
}

function unpackEnd(end: PackedEnd): FlightResult {
  if (end.kind === 'broken') return { ...end, error: unpackError(end.error) };
  if (end.kind === 'failed') return { ...end, error: unpackError(end.error) };
  const { body, list, cost, ...rest } = end.answer;
  const answer = { ...rest, body: Buffer.from(body, 'utf8'), listCostPusd: BigInt(list), costPusd: BigInt(cost) };
  return { ...end, answer };
}

function packError(thrown: unknown): PackedError {
  const error = toGatewayError(thrown);
  const { message, type, param, code } = error.toBody().error;
  return { status: error.status, message, type, param, code, retryAfterSeconds: error.retryAfterSeconds };
}

function unpackError({ status, message, type, param, code, retryAfterSeconds }: PackedError): GatewayError {
  return new GatewayError('upstream_error', {
    message,
    param,
    upstream: { status, type, code },
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}
