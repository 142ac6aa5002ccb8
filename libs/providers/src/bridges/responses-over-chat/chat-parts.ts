import { InvalidRequestError } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';
import { LongText } from '../../passed-values';
import { unsupported } from './chat-tools';

/** Types of parts that hold text: what a user, a model and a tool write. */
const TEXT_PARTS: ReadonlySet<unknown> = new Set(['input_text', 'output_text', 'text']);

export function isText(value: unknown): value is string | LongText {
  return typeof value === 'string' || value instanceof LongText;
}

/**
 * Content of a message or of a tool's result in the shape of chat completions: a text where it is one text.
 *
 * @param param the member, for errors
 * @throws InvalidRequestError where it is no content
 * @throws UnsupportedMemberError for what chat completions do not have
 */
export function chatContent(content: unknown, param: string): unknown {
  if (isText(content)) return content;
  if (!Array.isArray(content)) throw new InvalidRequestError(`'${param}' must be a text or an array of parts.`, param);
  const parts = content.map((part: unknown, index) => chatPart(part, `${param}[${index}]`));
  const [first] = parts;
  const isOneText = parts.length === 1 && first?.type === 'text' && Object.keys(first).length === 2;
  return isOneText ? first.text : parts;
}

function chatPart(part: unknown, param: string): JsonRecord {
  if (!isRecord(part)) throw new InvalidRequestError(`'${param}' must be an object.`, param);
  const mark =
    part.prompt_cache_breakpoint === undefined ? {} : { prompt_cache_breakpoint: part.prompt_cache_breakpoint };
  if (TEXT_PARTS.has(part.type)) return { type: 'text', text: part.text, ...mark };
  if (part.type === 'input_image') return { ...imagePart(part, param), ...mark };
  if (part.type === 'input_file') return { ...filePart(part, param), ...mark };
  if (part.type === 'input_audio') return { type: 'input_audio', input_audio: part.input_audio };
  throw unsupported(`A part of type "${String(part.type)}"`, `${param}.type`);
}

function imagePart({ image_url: url, detail }: JsonRecord, param: string): JsonRecord {
  if (!isText(url)) throw unsupported('An image without image_url, by file_id,', `${param}.file_id`);
  const level = detail === undefined || detail === null ? {} : { detail };
  return { type: 'image_url', image_url: { url, ...level } };
}

function filePart({ file_data: data, filename }: JsonRecord, param: string): JsonRecord {
  if (!isText(data)) throw unsupported('A file without file_data, by file_id or file_url,', param);
  return { type: 'file', file: { filename, file_data: data } };
}

/** The text of what the model wrote, and its refusal. */
export function assistantContent(content: unknown): { content?: string | LongText; refusal?: string } {
  if (isText(content)) return { content };
  const parts: JsonRecord[] = Array.isArray(content) ? content.filter(isRecord) : [];
  const texts = parts.filter(({ text }) => isText(text)).map(({ text }) => text as string | LongText);
  const refusal = parts.map(({ refusal: refused }) => (typeof refused === 'string' ? refused : '')).join('');
  const [first] = texts;
  return {
    ...(first !== undefined && { content: texts.length === 1 ? first : texts.join('') }),
    ...(refusal !== '' && { refusal }),
  };
}
