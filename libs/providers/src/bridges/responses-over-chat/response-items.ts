import { isRecord, nonEmptyString, type JsonRecord } from '../../json-record';
import { type CarriedReasoning, toEncryptedContent } from '../../responses/own-reasoning';
import type { ResponseIds } from './response-base';

type Status = 'in_progress' | 'completed' | 'incomplete';

/** A text of the model with its annotations and probabilities. */
export interface WrittenPart {
  type: 'output_text' | 'refusal';
  text: string;
  annotations: unknown[];
  logprobs: unknown[];
}

/** A function call of the model. */
export interface WrittenCall {
  id: unknown;
  name: unknown;
  arguments: string;
}

/** Writes the output items of one response; each id has the item's index in the output. */
export class ItemShapes {
  constructor(private readonly ids: ResponseIds) {}

  message(index: number, parts: readonly WrittenPart[], status: Status): JsonRecord {
    const content = parts.map(contentPart);
    return { id: this.ids.item('msg', index), type: 'message', status, role: 'assistant', content };
  }

  call(index: number, { id, name, arguments: written }: WrittenCall, status: Status): JsonRecord {
    const callId = nonEmptyString(id) ?? this.ids.item('call', index);
    return { id: this.ids.item('fc', index), type: 'function_call', status, arguments: written, call_id: callId, name };
  }

  /** @param carried what the vendor needs back; undefined where the caller does not ask for it */
  reasoning(index: number, text: string, carried: CarriedReasoning | undefined): JsonRecord {
    const encrypted = carried && toEncryptedContent(carried);
    return {
      id: this.ids.item('rs', index),
      type: 'reasoning',
      summary: text === '' ? [] : [summaryPart(text)],
      ...(encrypted !== undefined && { encrypted_content: encrypted }),
    };
  }
}

/** Details carry the text as well, with its signature; vendors without details need their text back. */
export function carriedReasoning(details: unknown[], text: unknown): CarriedReasoning {
  if (details.length > 0) return { reasoning_details: details };
  return typeof text === 'string' ? { reasoning_content: text } : {};
}

export function summaryPart(text: string): JsonRecord {
  return { type: 'summary_text', text };
}

export function contentPart({ type, text, annotations, logprobs }: WrittenPart): JsonRecord {
  return type === 'refusal' ? { type, refusal: text } : { type, annotations, logprobs, text };
}

/** A list's texts, as some vendors send content in parts. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content.map((part: unknown) => (isRecord(part) && typeof part.text === 'string' ? part.text : '')).join('');
}

/** The readable reasoning of a message or of a delta. @see https://openrouter.ai/docs/use-cases/reasoning-tokens */
export function reasoningOf({
  reasoning_content: deepSeek,
  reasoning,
  reasoning_details: details,
}: JsonRecord): string {
  const text = nonEmptyString(deepSeek) ?? nonEmptyString(reasoning);
  if (text !== undefined || !Array.isArray(details)) return text ?? '';
  const readable = details.filter(isRecord).map(({ text: written, summary }) => nonEmptyString(written) ?? summary);
  return readable.map((each) => (typeof each === 'string' ? each : '')).join('');
}

/** An annotation of chat completions as Responses have it. */
export function annotationOf(annotation: unknown): unknown {
  if (!isRecord(annotation) || !isRecord(annotation.url_citation)) return annotation;
  return { type: 'url_citation', ...annotation.url_citation };
}

export function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
