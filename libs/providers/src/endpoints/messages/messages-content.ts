import type { Attachments, RequestContent } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';
import { LongText } from '../../passed-values';
import { filesIn } from '../attached-files';

const ATTACHMENTS = new Set(['image', 'document', 'file']);
const FILES: ReadonlySet<unknown> = new Set(['document', 'file']);
/** Sources whose content is no text. */
const OPAQUE = new Set(['base64', 'url', 'file']);
/** Members besides the messages that the model gets. */
const READ_BY_THE_MODEL = ['tools', 'tool_choice', 'output_config'];

/** The texts that the model gets, and the attachments. @see https://platform.claude.com/docs/en/api/messages */
export function messagesContent(body: JsonRecord): RequestContent {
  const attachments: Attachments = { count: 0, bytes: 0, files: [] };
  const texts: (string | LongText)[] = [];
  collect(body.system, texts, attachments);
  collect(body.messages, texts, attachments);
  return {
    attachments,
    get texts() {
      const read = READ_BY_THE_MODEL.filter((name) => body[name] !== undefined && body[name] !== null);
      return [texts.join('\n'), ...read.map((name) => JSON.stringify(body[name]))];
    },
  };
}

function collect(value: unknown, texts: (string | LongText)[], attachments: Attachments): void {
  if (typeof value === 'string' || value instanceof LongText) texts.push(value);
  else if (Array.isArray(value)) for (const item of value) collect(item, texts, attachments);
  else if (isRecord(value)) {
    if (value.type === 'tool_use') return void texts.push(JSON.stringify(value));
    if (isAttachment(value)) {
      attachments.count += 1;
      attachments.bytes += lengthOf(value.source.data) + lengthOf(value.source.url);
      attachments.files.push(...filesIn(value.source, FILES.has(value.type), value.source.media_type));
      return;
    }
    for (const item of Object.values(value)) collect(item, texts, attachments);
  }
}

/** A block whose source is no text; documents may have one that is. */
function isAttachment(block: JsonRecord): block is JsonRecord & { source: JsonRecord } {
  const { type, source } = block;
  return ATTACHMENTS.has(String(type)) && isRecord(source) && OPAQUE.has(String(source.type));
}

function lengthOf(value: unknown): number {
  return typeof value === 'string' || value instanceof LongText ? value.length : 0;
}

/** The first tool call of each turn of the assistant, by its id. */
export function turnIdsOfMessages({ messages }: JsonRecord): string[] {
  if (!Array.isArray(messages)) return [];
  return messages.flatMap((message) => {
    const blocks: unknown[] = isRecord(message) && Array.isArray(message.content) ? message.content : [];
    const first = blocks.find((block) => isRecord(block) && block.type === 'tool_use');
    return isRecord(first) && typeof first.id === 'string' ? [first.id] : [];
  });
}

/** All text that the model wrote in a message: texts, thinking and the input of tools. */
export function textOfMessage(reply: Buffer): string {
  const message: unknown = JSON.parse(reply.toString());
  const blocks: unknown[] = isRecord(message) && Array.isArray(message.content) ? message.content : [];
  return blocks.map(textOfBlock).join('\n');
}

function textOfBlock(block: unknown): string {
  if (!isRecord(block)) return '';
  const { text, thinking, name, input } = block;
  if (typeof text === 'string') return text;
  if (typeof thinking === 'string') return thinking;
  return input === undefined ? '' : JSON.stringify({ name, input });
}
