import { isRecord, nonEmptyString, type JsonRecord } from '../../json-record';
import type { AnswerQuirks } from '../quirks';
import { withoutContentList } from './content-lists';
import { finishReasonOf, isBroken } from './finish-reasons';

/**
 * A completion or a chunk of a vendor in OpenAI's shape: usage at its place, finish reasons and members by OpenAI's names.
 * The same object where nothing differs, so that its bytes can pass.
 */
export function openAiShape(answer: JsonRecord, quirks: AnswerQuirks): JsonRecord {
  const counted = withUsage(answer);
  const { choices } = counted;
  if (!Array.isArray(choices)) return counted;
  const shaped: unknown[] = choices.map((choice) => (isRecord(choice) ? shapedChoice(choice, quirks) : choice));
  return shaped.every((choice, index) => choice === choices[index]) ? counted : { ...counted, choices: shaped };
}

/** The first error in an answer or in its choices; undefined without one. */
export function errorIn({ error, choices, x_groq: groq }: JsonRecord): unknown {
  if (error !== undefined && error !== null) return error;
  if (isRecord(groq) && nonEmptyString(groq.error) !== undefined) return { message: groq.error, code: groq.error };
  const failed = Array.isArray(choices)
    ? choices.find((choice) => isRecord(choice) && isRecord(choice.error))
    : undefined;
  return isRecord(failed) ? failed.error : undefined;
}

/**
 * Some vendors send the usage of a stream in its last choice, or in a member of their own.
 *
 * @see https://platform.moonshot.ai/docs/api/chat `choices[0].usage`
 * @see https://console.groq.com/docs/api-reference `x_groq.usage`
 */
function withUsage(answer: JsonRecord): JsonRecord {
  const { usage, x_groq: groq, choices } = answer;
  const isKnown = isRecord(usage);
  if (isRecord(groq) && isRecord(groq.usage)) {
    const { usage: theirs, ...rest } = groq;
    return { ...answer, x_groq: rest, usage: isKnown ? usage : theirs };
  }
  const at = Array.isArray(choices) ? choices.findIndex((choice) => isRecord(choice) && isRecord(choice.usage)) : -1;
  if (at < 0 || !Array.isArray(choices)) return answer;
  const { usage: theirs, ...rest } = choices[at] as JsonRecord;
  return { ...answer, choices: choices.with(at, rest), usage: isKnown ? usage : theirs };
}

function shapedChoice(choice: JsonRecord, quirks: AnswerQuirks): JsonRecord {
  const finished = withFinishReason(choice);
  for (const name of ['message', 'delta']) {
    const message = finished[name];
    if (!isRecord(message)) continue;
    const shaped = shapedMessage(message, quirks);
    if (shaped !== message) return { ...finished, [name]: shaped };
  }
  return finished;
}

function withFinishReason(choice: JsonRecord): JsonRecord {
  const { finish_reason: reason, native_finish_reason: native, error } = choice;
  if (typeof reason !== 'string') return choice;
  const known = finishReasonOf(reason);
  if (known !== undefined) return { ...choice, finish_reason: known, native_finish_reason: native ?? reason };
  if (!isBroken(reason) || isRecord(error)) return choice;
  const message = `The response broke off: its finish reason is "${reason}".`;
  return { ...choice, error: { message, type: 'upstream_error', param: null, code: reason } };
}

function shapedMessage(message: JsonRecord, { reasoning, contentLists }: AnswerQuirks): JsonRecord {
  const plain = contentLists ? withoutContentList(message) : message;
  if (!reasoning || typeof plain.reasoning !== 'string' || plain.reasoning_content !== undefined) return plain;
  const { reasoning: text, ...rest } = plain;
  return { ...rest, reasoning_content: text };
}
