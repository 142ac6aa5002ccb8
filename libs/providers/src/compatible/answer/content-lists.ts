import { isRecord, type JsonRecord } from '../../json-record';

/**
 * A message or delta whose content is a list of texts and reasoning, as two texts. A list with any other part stays as it is.
 *
 * @see https://docs.mistral.ai/capabilities/reasoning
 */
export function withoutContentList(message: JsonRecord): JsonRecord {
  const { content } = message;
  if (!Array.isArray(content) || !content.every(isTextOrThinking)) return message;
  const text = content.map(textOf).join('');
  const thinking = content.map(thinkingOf).join('');
  const hasText = text !== '' || thinking === '';
  const { content: _list, ...rest } = message;
  return { ...rest, ...(hasText && { content: text }), ...(thinking !== '' && { reasoning_content: thinking }) };
}

function isTextOrThinking(part: unknown): part is JsonRecord {
  return isRecord(part) && (part.type === 'text' || part.type === 'thinking');
}

function textOf({ type, text }: JsonRecord): string {
  return type === 'text' && typeof text === 'string' ? text : '';
}

function thinkingOf({ type, thinking }: JsonRecord): string {
  if (type !== 'thinking') return '';
  if (typeof thinking === 'string') return thinking;
  return Array.isArray(thinking) ? thinking.map((part) => (isRecord(part) ? textOf(part) : '')).join('') : '';
}
