import { setImmediate as nextTurn } from 'node:timers/promises';
import { isWhole, SseEventTooLargeError, type SseItem } from '@thriftgate/providers';
import { GatewayError } from '../../common/errors';
import { type BodyRules, BodyScanner, MAX_DEPTH, OF_CALLERS } from '../../http/body/body-scanner';
import type { PreparedCall } from '../prepared-call';
import { outputCeiling } from './resolved-call';

/** What is read at once, in bytes; between two such steps other calls have their turn. */
export const STEP_BYTES = 64 * 1024;
/** Shorter JSON is parsed without a look at its values: they are not many. */
const SHORT_LENGTH = 128 * 1024;

/** Of a token with its probability, and of each alternative to it. Vendors send five or six. */
const VALUES_PER_TOKEN = 9;
/** What a model may write that the catalogue lacks. */
const UNKNOWN_OUTPUT_TOKENS = 32_768;
/** Twenty alternatives to each of 32,768 tokens. So many values are parsed in less than a second. */
const MAX_VALUES = 4_500_000;

/**
 * How many values an answer to a call may have: more would hold up other calls while they are parsed. It depends on what the
 * call asks for, so that no vendor is paid for an answer that is then refused.
 */
export function answerRules(prepared: PreparedCall): BodyRules {
  const { endpoint, body, request } = prepared.call;
  const alternatives = endpoint.alternatives?.(body);
  const tokens = outputCeiling(prepared, prepared.model.maxOutputTokens ?? UNKNOWN_OUTPUT_TOKENS, Infinity);
  const ofTokens = alternatives === undefined ? 0 : tokens * (alternatives + 1) * VALUES_PER_TOKEN;
  return {
    maxValues: Math.min(OF_CALLERS.maxValues * request.choices + ofTokens, MAX_VALUES),
    maxParsedBytes: Infinity,
    leavesOutTexts: false,
    leavesOutLists: false,
    skipsNumbers: true,
  };
}

/** Whether JSON is so short that it is parsed without a look at its values. */
export function isShort({ length }: { length: number }): boolean {
  return length <= SHORT_LENGTH;
}

/**
 * Counts the values of an upstream's JSON in steps. Other calls have their turn after the last one too, before it is parsed.
 *
 * @returns which limit it exceeds; undefined where it has few enough values, and is flat enough, to be parsed at once
 */
export async function exceededLimit(json: Buffer, rules: BodyRules): Promise<string | undefined> {
  if (isShort(json)) return undefined;
  const scanner = new BodyScanner(rules);
  try {
    for (let at = 0; at < json.length; at += STEP_BYTES) {
      scanner.push(json.subarray(at, at + STEP_BYTES));
      await nextTurn();
    }
    return undefined;
  } catch (error) {
    if (!(error instanceof GatewayError)) throw error;
    if (error.code === 'invalid_request') return `is nested deeper than ${MAX_DEPTH} objects and arrays`;
    return `has more than ${rules.maxValues.toLocaleString('en-US')} members and elements`;
  }
}

/** What a piece of a stream completes. */
interface StreamItems {
  items: SseItem[];
  /** The limit that the event after them exceeds, see {@link exceededLimit}; undefined where all can be read. */
  limit: string | undefined;
}

/** Reads a piece of a stream, up to the first event that has too many values, or is too long, to be parsed at once. */
export function parsableItems(read: () => SseItem[], rules: BodyRules): StreamItems | Promise<StreamItems> {
  const found = itemsOf(read);
  if (found.items.every((item) => item.kind === 'comment' || isShort(item.data))) return withWholeItems(found);
  return withinLimits(found, rules);
}

async function withinLimits(found: StreamItems, rules: BodyRules): Promise<StreamItems> {
  for (const [index, item] of found.items.entries()) {
    if (item.kind === 'comment' || isShort(item.data)) continue;
    const exceeded = await exceededLimit(Buffer.from(item.data), rules);
    if (exceeded !== undefined) return { items: found.items.slice(0, index), limit: exceeded };
  }
  return withWholeItems(found);
}

function withWholeItems({ items, limit }: StreamItems): StreamItems {
  return { items: items.filter(isWhole), limit };
}

function itemsOf(read: () => SseItem[]): StreamItems {
  try {
    return { items: read(), limit: undefined };
  } catch (error) {
    if (!(error instanceof SseEventTooLargeError)) throw error;
    return {
      items: error.before,
      limit: `has an event of more than ${error.maxLength.toLocaleString('en-US')} characters`,
    };
  }
}
