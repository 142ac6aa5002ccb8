import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Endpoint, type JsonRecord, SseEventTooLargeError, type SseItem } from '@thriftgate/providers';
import { GatewayError } from '../../common/errors';
import { type BodyRules, BodyScanner, OF_CALLERS } from '../../http/body/body-scanner';

/** What is read at once, in bytes; between two such steps other calls have their turn. */
export const STEP_BYTES = 64 * 1024;
/** Shorter JSON is parsed without a look at its values: they are not many. */
const SHORT_LENGTH = 128 * 1024;

/** How many values an answer to a call may have: more would hold up other calls while they are parsed. */
export function answerRules({ maxAnswerValues, hasVectors }: Endpoint, body: JsonRecord): BodyRules {
  return {
    maxValues: maxAnswerValues?.(body) ?? OF_CALLERS.maxValues,
    maxParsedBytes: Infinity,
    leavesOutTexts: false,
    leavesOutLists: false,
    skipsNumbers: hasVectors ?? false,
  };
}

/** Whether JSON of an upstream has few enough values, and is flat enough, to be parsed at once. Counts them in steps. */
export async function isParsable(json: Buffer, rules: BodyRules): Promise<boolean> {
  if (json.length <= SHORT_LENGTH) return true;
  const scanner = new BodyScanner(rules);
  try {
    for (let at = 0; at < json.length; at += STEP_BYTES) {
      scanner.push(json.subarray(at, at + STEP_BYTES));
      await nextTurn();
    }
    return true;
  } catch (error) {
    if (error instanceof GatewayError) return false;
    throw error;
  }
}

/** What a piece of a stream completes. */
interface StreamItems {
  items: SseItem[];
  /** Whether an event follows that is too large to be read. */
  isTooLarge: boolean;
}

/** Reads a piece of a stream, up to the first event that has too many values, or is too long, to be parsed at once. */
export async function parsableItems(read: () => SseItem[], rules: BodyRules): Promise<StreamItems> {
  const { items, isTooLarge } = itemsOf(read);
  for (const [index, item] of items.entries()) {
    if (item.kind !== 'event' || item.data.length <= SHORT_LENGTH) continue;
    if (!(await isParsable(Buffer.from(item.data), rules))) return { items: items.slice(0, index), isTooLarge: true };
  }
  return { items, isTooLarge };
}

function itemsOf(read: () => SseItem[]): StreamItems {
  try {
    return { items: read(), isTooLarge: false };
  } catch (error) {
    if (error instanceof SseEventTooLargeError) return { items: error.before, isTooLarge: true };
    throw error;
  }
}
