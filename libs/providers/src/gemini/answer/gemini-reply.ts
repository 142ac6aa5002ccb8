import { parseExact } from '../../exact-json';
import { isRecord, type JsonRecord, nonEmptyString } from '../../json-record';
import type { ReadReply, UpstreamCall } from '../../translator';
import { readUsage } from '../../usage/read-usage';
import { GeminiAnswer } from './gemini-answer';

/** Decides what a body with status 200 is. A list is a stream without server-sent events, or an error in a list of one. */
export function readGeminiReply(body: Buffer, call: UpstreamCall): ReadReply {
  const text = body.toString();
  const responses = responsesIn(text);
  if (responses === undefined) return { kind: 'unreadable', usage: undefined };
  // Each response of a stream repeats the usage so far.
  const usage = readUsage(responses.findLast(({ usageMetadata: counts }) => isRecord(counts))?.usageMetadata);
  if (responses.some(({ error }) => isRecord(error))) return { kind: 'error', text, usage };
  if (!responses.some(hasAnswer)) return { kind: 'unreadable', usage };
  const answer = new GeminiAnswer(call, false);
  const failure = responses.flatMap((each) => answer.add(each)).find(({ kind }) => kind === 'error');
  const reply = answer.reply();
  return failure ? { kind: 'error', text: failure.data, usage: reply.facts.usage } : { kind: 'response', reply };
}

function responsesIn(text: string): JsonRecord[] | undefined {
  try {
    const parsed = parseExact(text);
    const list: unknown[] = Array.isArray(parsed) ? parsed : [parsed];
    return list.length > 0 && list.every(isRecord) ? list : undefined;
  } catch {
    return undefined;
  }
}

function hasAnswer({ candidates, promptFeedback: feedback }: JsonRecord): boolean {
  if (Array.isArray(candidates) && candidates.length > 0) return true;
  return isRecord(feedback) && nonEmptyString(feedback.blockReason) !== undefined;
}
