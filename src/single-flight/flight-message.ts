import { GatewayError } from '../common/errors';
import { toGatewayError } from '../common/to-gateway-error';
import type { FlightResult, FlightOrigin, SharedAnswer } from './flight-result';

/** The fence tells one leader's letters from those of an earlier one. */
interface About {
  name: string;
  fence: number;
}

/** More than this is not sent: a subscriber that Redis holds too much for is cut off. */
const LONGEST_BODY_BYTES = 1024 * 1024;

/** From a replica that wants to read, to the one that asks. `at` is how many texts it has already. */
export type ReaderMessage = About & { from: string } & ({ kind: 'board'; at: number } | { kind: 'leave' });

/** From the replica that asks to one that reads: the texts from `at` until `until`, or what comes after `at`. */
export type LeaderMessage =
  | (About & { kind: 'text'; at: number; until: number; origin: FlightOrigin | undefined; text: string })
  | (About & { kind: 'end'; at: number; origin: FlightOrigin | undefined; end: FlightResult })
  | (About & { kind: 'alive' })
  | (About & { kind: 'none' });

/** What replicas write to each other of a flight. */
export type FlightMessage = ReaderMessage | LeaderMessage;

interface PackedError {
  status: number;
  message: string;
  type: string;
  param: string | null;
  code: string | null;
  retryAfterSeconds: number | undefined;
}

/** Whether a letter can bring the whole answer; if not, it is looked for in the cache. */
export function isSentWhole(end: FlightResult): boolean {
  return end.kind !== 'done' || end.answer.body.length <= LONGEST_BODY_BYTES;
}

export function writeMessage(letter: FlightMessage): string {
  return JSON.stringify(letter.kind === 'end' ? { ...letter, end: packEnd(letter.end) } : letter);
}

/** @returns undefined for what is no letter, as a replica of another version might write */
export function readMessage(text: string): FlightMessage | undefined {
  try {
    const letter = JSON.parse(text) as FlightMessage;
    return letter.kind === 'end' ? { ...letter, end: unpackEnd(letter.end as unknown as PackedEnd) } : letter;
  } catch {
    return undefined;
  }
}

type PackedAnswer = Omit<SharedAnswer, 'body' | 'listCostPusd' | 'costPusd'> & Record<'body' | 'list' | 'cost', string>;
type PackedEnd =
  | { kind: 'done'; last: string; usageChunk: string | undefined; answer: PackedAnswer }
  | { kind: 'broken'; last: string; error: PackedError; code: string }
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
