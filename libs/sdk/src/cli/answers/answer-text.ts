import { isRecord } from '@thriftgate/providers';

/** What a line of a result file says, as text. */
export interface Answer {
  answer: string;
  error: string;
}

/**
 * The text of a result: what the model wrote, or else the JSON of what it returned, such as tool calls or a vector.
 *
 * @param result a line of an output or error file
 */
export function answerOf(result: unknown): Answer {
  const { response, error } = isRecord(result) ? result : {};
  const { status_code: status, body } = isRecord(response) ? response : {};
  if (status === 200 && isRecord(body)) return { answer: textOf(body), error: '' };
  const failure = isRecord(error) ? error : isRecord(body) && isRecord(body.error) ? body.error : {};
  const parts = [failure.code, failure.message].filter((part) => typeof part === 'string' && part !== '');
  return { answer: '', error: parts.length > 0 ? parts.join(': ') : `HTTP ${String(status)}` };
}

function textOf(body: Record<string, unknown>): string {
  const { choices, output, content, data } = body;
  if (Array.isArray(choices)) return ofMessage(choices[0]);
  if (Array.isArray(output))
    return joined(output.flatMap((item) => (isRecord(item) ? partsOf(item.content) : []))) ?? json(output);
  if (Array.isArray(content)) return joined(content) ?? json(content);
  if (Array.isArray(data) && data.length === 1 && isRecord(data[0])) return json(data[0].embedding);
  return json(body);
}

/** The first choice of a chat completion. */
function ofMessage(choice: unknown): string {
  const message = isRecord(choice) && isRecord(choice.message) ? choice.message : {};
  if (typeof message.content === 'string' && message.content !== '') return message.content;
  if (Array.isArray(message.tool_calls)) return json(message.tool_calls);
  return typeof message.refusal === 'string' ? message.refusal : '';
}

/** The texts of content parts; undefined where there is none. */
function joined(parts: readonly unknown[]): string | undefined {
  const texts = parts.flatMap((part) => (isRecord(part) && typeof part.text === 'string' ? [part.text] : []));
  return texts.length === 0 ? undefined : texts.join('');
}

function partsOf(content: unknown): unknown[] {
  return Array.isArray(content) ? content : [];
}

function json(value: unknown): string {
  return JSON.stringify(value) ?? '';
}
