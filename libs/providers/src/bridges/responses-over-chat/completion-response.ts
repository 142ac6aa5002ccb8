import { isRecord, parseJson, type JsonRecord } from '../../json-record';
import type { Reply, UpstreamCall } from '../../translator';
import { ENCRYPTED_REASONING, includes } from './chat-request';
import { ending, ResponseIds, responseBase, responseUsage, statusOf, toJson } from './response-base';
import {
  annotationOf,
  carriedReasoning,
  ItemShapes,
  listOf,
  reasoningOf,
  textOf,
  type WrittenPart,
} from './response-items';

/** The response to a call whose chat completion is whole. The facts stay those of the completion. */
export function toResponse({ body, facts, turn }: Reply, call: UpstreamCall): Reply {
  const completion = recordOf(parseJson(body.toString()));
  const ids = new ResponseIds(completion.id, call.requestId);
  const [finishReason] = facts.finishReasons;
  const response = {
    ...responseBase(call.body, ids, completion),
    ...ending(finishReason),
    output: outputItems(completion, ids, call.body, finishReason),
    usage: responseUsage(facts.usage),
  };
  return { body: Buffer.from(toJson(response)), facts, turn };
}

/** Reasoning, text and calls of the first choice, in this order. */
function outputItems(
  completion: JsonRecord,
  ids: ResponseIds,
  body: JsonRecord,
  finishReason: string | null | undefined,
): JsonRecord[] {
  const choice = recordOf(listOf(completion.choices)[0]);
  const message = recordOf(choice.message);
  const shapes = new ItemShapes(ids);
  const output: JsonRecord[] = [];
  const details = includes(body.include, ENCRYPTED_REASONING) ? listOf(message.reasoning_details) : undefined;
  const carried = details && carriedReasoning(details, message.reasoning_content);
  const reasoning = reasoningOf(message);
  if (reasoning !== '' || details?.length) output.push(shapes.reasoning(0, reasoning, carried));
  const calls = listOf(message.tool_calls).filter(isRecord);
  const parts = writtenParts(message, choice.logprobs);
  const last = statusOf(finishReason);
  if (parts.length > 0) output.push(shapes.message(output.length, parts, calls.length > 0 ? 'completed' : last));
  for (const [at, call] of calls.entries()) {
    const { name, arguments: written } = recordOf(call.function);
    const status = at === calls.length - 1 ? last : 'completed';
    output.push(shapes.call(output.length, { id: call.id, name, arguments: String(written ?? '') }, status));
  }
  return output;
}

function writtenParts(message: JsonRecord, logprobs: unknown): WrittenPart[] {
  const parts: WrittenPart[] = [];
  const text = textOf(message.content);
  const annotations = listOf(message.annotations).map(annotationOf);
  const { content } = recordOf(logprobs);
  if (text !== '') parts.push({ type: 'output_text', text, annotations, logprobs: listOf(content) });
  const refusal = textOf(message.refusal);
  if (refusal !== '') parts.push({ type: 'refusal', text: refusal, annotations: [], logprobs: [] });
  return parts;
}

function recordOf(value: unknown): JsonRecord {
  return isRecord(value) ? value : {};
}
