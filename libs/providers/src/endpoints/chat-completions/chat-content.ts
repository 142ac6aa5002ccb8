import type { RequestContent } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';

/** Parts of a message that are no text, and the member in which each holds its bytes or its address. */
const ATTACHMENT_PARTS: Readonly<Record<string, string>> = {
  image_url: 'image_url',
  input_image: 'image_url',
  input_audio: 'input_audio',
  file: 'file',
  input_file: 'file_data',
  video_url: 'video_url',
};

/** Members beside the messages that the model reads. */
const READ_BY_THE_MODEL = ['tools', 'functions', 'response_format', 'tool_choice', 'prediction', 'web_search_options'];

/**
 * Every text that the model reads, and the attachments by their place in a message: a text is a text, whatever it begins
 * with.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
 */
export function chatContent(body: JsonRecord): RequestContent {
  const content: RequestContent = { texts: [], attachments: { count: 0, bytes: 0 } };
  for (const message of Array.isArray(body.messages) ? body.messages : []) {
    const texts: string[] = [];
    collect(message, texts, content.attachments);
    content.texts.push(texts.join('\n'));
  }
  for (const name of READ_BY_THE_MODEL) {
    if (body[name] !== undefined && body[name] !== null) content.texts.push(JSON.stringify(body[name]));
  }
  return content;
}

function collect(value: unknown, texts: string[], attachments: RequestContent['attachments']): void {
  if (typeof value === 'string') texts.push(value);
  else if (Array.isArray(value)) for (const item of value) collect(item, texts, attachments);
  else if (isRecord(value)) {
    const member = typeof value.type === 'string' ? ATTACHMENT_PARTS[value.type] : undefined;
    if (member !== undefined && value[member] !== undefined) {
      attachments.count += 1;
      attachments.bytes += lengthOf(value[member]);
      return;
    }
    for (const item of Object.values(value)) collect(item, texts, attachments);
  }
}

/** How long the texts in a value are together. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length;
  return isRecord(value) ? Object.values(value).reduce<number>((sum, item) => sum + lengthOf(item), 0) : 0;
}

/** All that the model wrote in a `chat.completion`. */
export function writtenText(reply: Buffer): string {
  const completion: unknown = JSON.parse(reply.toString());
  const choices = isRecord(completion) && Array.isArray(completion.choices) ? completion.choices : [];
  return choices.map((choice) => textOfMessage(isRecord(choice) ? choice.message : undefined)).join('\n');
}

function textOfMessage(message: unknown): string {
  if (!isRecord(message)) return '';
  const texts = [message.content, message.refusal, message.reasoning_content, message.reasoning];
  const written = texts.filter((text): text is string => typeof text === 'string');
  for (const called of [message.tool_calls, message.function_call]) {
    if (called !== undefined && called !== null) written.push(JSON.stringify(called));
  }
  return written.join('\n');
}
