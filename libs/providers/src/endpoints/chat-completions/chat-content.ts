import { LongText } from '../../passed-values';
import type { Attachments, RequestContent } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';
import { filesIn, MEDIA } from '../attached-files';

/** Types of message parts that are no text, with the member that holds the bytes or the URL. */
const ATTACHMENT_PARTS: Readonly<Record<string, string>> = {
  image_url: 'image_url',
  input_image: 'image_url',
  input_audio: 'input_audio',
  file: 'file',
  input_file: 'file_data',
  video_url: 'video_url',
};
const FILES: ReadonlySet<unknown> = new Set(['file', 'input_file']);

/** Members besides the messages that the model gets. */
const READ_BY_THE_MODEL = ['tools', 'functions', 'response_format', 'tool_choice', 'prediction', 'web_search_options'];

/**
 * The texts that the model gets, and the attachments. The type of a part decides which it is, not its content: a text that
 * begins with `data:` is a text.
 *
 * @see https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
 */
export function chatContent(body: JsonRecord): RequestContent {
  const attachments: Attachments = { count: 0, bytes: 0, files: [] };
  const messages: (string | LongText)[][] = [];
  for (const message of Array.isArray(body.messages) ? body.messages : []) {
    const texts: (string | LongText)[] = [];
    collect(message, texts, attachments);
    messages.push(texts);
  }
  return {
    attachments,
    // Most calls need no estimate.
    get texts() {
      const read = READ_BY_THE_MODEL.filter((name) => body[name] !== undefined && body[name] !== null);
      return [...messages.map((texts) => texts.join('\n')), ...read.map((name) => JSON.stringify(body[name]))];
    },
  };
}

function collect(value: unknown, texts: (string | LongText)[], attachments: Attachments): void {
  if (typeof value === 'string' || value instanceof LongText) texts.push(value);
  else if (Array.isArray(value)) for (const item of value) collect(item, texts, attachments);
  else if (isRecord(value)) {
    const member = typeof value.type === 'string' ? ATTACHMENT_PARTS[value.type] : undefined;
    if (member !== undefined && value[member] !== undefined) {
      attachments.count += 1;
      attachments.bytes += lengthOf(value[member]);
      attachments.files.push(...filesIn(value[member], FILES.has(value.type)));
      return;
    }
    for (const item of Object.values(value)) collect(item, texts, attachments);
  }
}

/** The length of an attachment's bytes or address, in UTF-16 units, of long ones in bytes. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string' || value instanceof LongText) return value.length;
  return isRecord(value) ? MEDIA.reduce((sum, name) => sum + lengthOf(value[name]), 0) : 0;
}

/** The first tool call of each turn of the assistant, by its id. */
export function turnIds({ messages }: JsonRecord): string[] {
  if (!Array.isArray(messages)) return [];
  return messages.flatMap((message) => {
    const calls = isRecord(message) && Array.isArray(message.tool_calls) ? message.tool_calls : [];
    const [first]: unknown[] = calls;
    return isRecord(first) && typeof first.id === 'string' ? [first.id] : [];
  });
}

/** Members of a content part that hold what the model wrote. */
const WRITTEN_MEMBERS = /^(text|content|summary|refusal)$/;
/** What vendors call reasoning, and a text that is spoken: `reasoning_text`, `thinking_blocks`, `thought`, `audio.transcript`. */
const REASONING = /reason|think|thought|transcript/i;
const NO_TEXT = /signature|encrypted|tokens|(^|_)(id|type|format)$/i;

function isWritten(name: string): boolean {
  return WRITTEN_MEMBERS.test(name) || (REASONING.test(name) && !NO_TEXT.test(name));
}

function collectWritten(value: unknown, texts: string[]): void {
  if (typeof value === 'string') texts.push(value);
  else if (Array.isArray(value)) for (const part of value) collectWritten(part, texts);
  else if (isRecord(value))
    for (const [name, each] of Object.entries(value)) if (isWritten(name)) collectWritten(each, texts);
}

/** All text that the model wrote in a `chat.completion`: contents, refusals, reasoning and tool calls. */
export function writtenText(reply: Buffer): string {
  const completion: unknown = JSON.parse(reply.toString());
  const choices = isRecord(completion) && Array.isArray(completion.choices) ? completion.choices : [];
  return choices.map((choice) => textOfMessage(isRecord(choice) ? choice.message : undefined)).join('\n');
}

function textOfMessage(message: unknown): string {
  if (!isRecord(message)) return '';
  const written: string[] = [];
  const known = new Set<string>();
  for (const [name, value] of Object.entries(message)) {
    const texts: string[] = [];
    if (name === 'audio' || isWritten(name)) collectWritten(value, texts);
    // OpenRouter and LiteLLM send the same reasoning in two members, one of them in pieces.
    const bare = texts.join('').replaceAll(/\s+/g, '');
    if (bare !== '' && known.has(bare)) continue;
    known.add(bare);
    written.push(...texts);
  }
  for (const called of [message.tool_calls, message.function_call]) {
    if (called !== undefined && called !== null) written.push(JSON.stringify(called));
  }
  return written.join('\n');
}
