import type { Attachments, RequestContent } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';
import { LongText } from '../../passed-values';
import { filesIn, MEDIA } from '../attached-files';
import { outputOf, partsOf } from '../../responses/response-facts';

const FILE = 'input_file';
/** Types of parts that are no text, with the members that may hold their bytes or address. */
const ATTACHMENT_PARTS: Readonly<Record<string, readonly string[]>> = {
  input_image: ['image_url', 'file_id'],
  [FILE]: ['file_data', 'file_url', 'file_id'],
  input_audio: ['input_audio'],
};
/** Members besides the input that the model gets. */
const READ_BY_THE_MODEL = ['tools', 'tool_choice', 'text'];
/** Items of the input that continue the assistant's turn. */
const OF_THE_ASSISTANT: ReadonlySet<unknown> = new Set(['function_call', 'custom_tool_call', 'reasoning']);

type Text = string | LongText;

/**
 * The texts that the model gets, and the attachments. Encrypted reasoning is no text.
 *
 * @see https://platform.openai.com/docs/api-reference/responses/create#responses-create-input
 */
export function responsesContent(body: JsonRecord): RequestContent {
  const attachments: Attachments = { count: 0, bytes: 0, files: [] };
  const messages: Text[][] = [];
  const { instructions, input } = body;
  for (const item of [instructions, ...(Array.isArray(input) ? input : [input])]) {
    const texts: Text[] = [];
    collect(item, texts, attachments);
    if (texts.length > 0) messages.push(texts);
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

function collect(value: unknown, texts: Text[], attachments: Attachments): void {
  if (typeof value === 'string' || value instanceof LongText) texts.push(value);
  else if (Array.isArray(value)) for (const item of value) collect(item, texts, attachments);
  else if (isRecord(value)) {
    const members = typeof value.type === 'string' ? ATTACHMENT_PARTS[value.type] : undefined;
    if (members) {
      attachments.count += 1;
      attachments.bytes += Math.max(...members.map((name) => lengthOf(value[name])));
      attachments.files.push(...members.flatMap((name) => filesIn(value[name], value.type === FILE)));
      return;
    }
    for (const [name, item] of Object.entries(value))
      if (name !== 'encrypted_content') collect(item, texts, attachments);
  }
}

/** The length of an attachment's bytes or address, in UTF-16 units, of long ones in bytes. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string' || value instanceof LongText) return value.length;
  return isRecord(value) ? MEDIA.reduce((sum, name) => sum + lengthOf(value[name]), 0) : 0;
}

/** The first call of each turn of the assistant, by its id. */
export function turnIds({ input }: JsonRecord): string[] {
  const ids: string[] = [];
  let isOpen = false;
  for (const item of Array.isArray(input) ? input.filter(isRecord) : []) {
    const isOfAssistant = OF_THE_ASSISTANT.has(item.type) || item.role === 'assistant';
    if (!isOfAssistant) isOpen = false;
    else if (item.type === 'function_call' && typeof item.call_id === 'string' && !isOpen) {
      ids.push(item.call_id);
      isOpen = true;
    }
  }
  return ids;
}

/** All text that the model wrote in a response: texts, refusals, reasoning and calls. */
export function writtenText(reply: Buffer): string {
  const response: unknown = JSON.parse(reply.toString());
  const written: string[] = [];
  for (const item of isRecord(response) ? outputOf(response) : []) {
    for (const { text, refusal } of [...partsOf(item.content), ...partsOf(item.summary)])
      for (const each of [text, refusal]) if (typeof each === 'string') written.push(each);
    for (const each of [item.name, item.arguments, item.input]) if (typeof each === 'string') written.push(each);
  }
  return written.join('\n');
}
