import { isRecord, type JsonRecord } from '../../json-record';
import { LongText } from '../../passed-values';
import { cacheMark } from './anthropic-marks';
import { isBlank, isFilled, isText, type Text, type Translation, unsupported, wrong } from './translation';

/** @see https://platform.claude.com/docs/en/build-with-claude/vision#faq */
const IMAGE_TYPES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);
const PDF = 'application/pdf';
const DATA_URL = /^data:([^;,]*)(?:;[^;,]*)*?(;base64)?,/;
/** A data URL's head is shorter, in UTF-16 units or bytes. */
const LONGEST_HEAD = 256;

/**
 * The blocks of a message's content. Anthropic refuses texts of white space alone, so they are left out.
 *
 * @param param the content's place, for example `messages.0.content`
 * @see https://platform.claude.com/docs/en/api/messages
 */
export function contentBlocks(content: unknown, param: string, translation: Translation): JsonRecord[] {
  if (content === undefined || content === null) return [];
  if (isText(content)) return isBlank(content) ? [] : [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw wrong(param, 'must be a text or a list of parts');
  return content.flatMap((part: unknown, index) => partBlocks(part, `${param}.${index}`, translation));
}

/** The blocks of content that may have texts only, as a system message. */
export function textBlocks(content: unknown, param: string): JsonRecord[] {
  if (content === undefined || content === null) return [];
  if (isText(content)) return isBlank(content) ? [] : [{ type: 'text', text: content }];
  if (!Array.isArray(content)) throw wrong(param, 'must be a text or a list of texts');
  return content.flatMap((part: unknown, index) => {
    if (!isRecord(part) || !isTextPart(part)) throw wrong(`${param}.${index}`, 'must be a text');
    return textBlock(part, `${param}.${index}`);
  });
}

function isTextPart({ type }: JsonRecord): boolean {
  return type === 'text' || type === 'refusal';
}

function partBlocks(part: unknown, param: string, translation: Translation): JsonRecord[] {
  if (!isRecord(part)) throw wrong(param, 'must be an object');
  if (isTextPart(part)) return textBlock(part, param);
  switch (part.type) {
    case 'image_url':
      return [
        { type: 'image', source: imageSource(part.image_url, `${param}.image_url`, translation), ...cacheMark(part) },
      ];
    case 'file':
      return [{ ...documentBlock(part.file, `${param}.file`), ...cacheMark(part) }];
    // Reasoning of another vendor, which no signature covers.
    case 'thinking':
    case 'reasoning':
      return [];
    case 'input_audio':
      throw unsupported(param, 'is audio, which Claude does not take; send its text');
    default:
      throw unsupported(
        `${param}.type`,
        'is not a type of content that Claude takes; it takes text, image_url and file',
      );
  }
}

function textBlock(part: JsonRecord, param: string): JsonRecord[] {
  const name = part.type === 'refusal' ? 'refusal' : 'text';
  const text = part[name];
  if (!isText(text)) throw wrong(`${param}.${name}`, 'must be a text');
  return isBlank(text) ? [] : [{ type: 'text', text, ...cacheMark(part) }];
}

function imageSource(image: unknown, param: string, { dropped }: Translation): JsonRecord {
  const url = isRecord(image) ? image.url : image;
  if (!isFilled(url)) throw wrong(`${param}.url`, 'must be a URL');
  if (isRecord(image) && isFilled(image.detail) && String(image.detail) !== 'auto') dropped.add('image_url.detail');
  const data = dataOf(url);
  if (data === undefined) return webSource(url, `${param}.url`);
  if (!data.isBase64) throw wrong(`${param}.url`, 'must be a data URL in base64');
  if (!IMAGE_TYPES.has(data.mediaType))
    throw unsupported(`${param}.url`, `is no image that Claude takes; it takes ${[...IMAGE_TYPES].join(', ')}`);
  return { type: 'base64', media_type: data.mediaType, data: data.content };
}

function webSource(url: Text, param: string): JsonRecord {
  if (!/^https?:\/\//i.test(headOf(url))) throw wrong(param, 'must begin with https:// or data:');
  return { type: 'url', url };
}

/** @see https://platform.claude.com/docs/en/build-with-claude/pdf-support */
function documentBlock(file: unknown, param: string): JsonRecord {
  if (!isRecord(file)) throw wrong(param, 'must be an object');
  if (file.file_id !== undefined && file.file_id !== null)
    throw unsupported(`${param}.file_id`, 'is a file of another vendor; send the file in file_data');
  const { file_data: content, filename } = file;
  if (!isFilled(content)) throw wrong(`${param}.file_data`, 'must be the file, as a data URL in base64');
  const title = isFilled(filename) ? { title: filename } : {};
  return { type: 'document', source: documentSource(content, `${param}.file_data`), ...title };
}

function documentSource(content: Text, param: string): JsonRecord {
  const data = dataOf(content);
  if (data === undefined) {
    // OpenAI also takes the bare base64 of a PDF.
    return /^https?:\/\//i.test(headOf(content))
      ? { type: 'url', url: content }
      : { type: 'base64', media_type: PDF, data: content };
  }
  if (data.mediaType === PDF && data.isBase64) return { type: 'base64', media_type: PDF, data: data.content };
  if (!/^text\/|^application\/json$/.test(data.mediaType))
    throw unsupported(param, 'is no file that Claude takes; it takes PDF and plain text');
  if (!data.isBase64) throw wrong(param, 'must be a data URL in base64');
  const text = Buffer.from(String(data.content), 'base64').toString('utf8');
  return { type: 'text', media_type: 'text/plain', data: text };
}

interface DataUrl {
  mediaType: string;
  isBase64: boolean;
  content: Text;
}

/** The content of a data URL; undefined for any other text. */
function dataOf(url: Text): DataUrl | undefined {
  const match = DATA_URL.exec(headOf(url));
  if (!match) return undefined;
  const [{ length }, mediaType = '', base64] = match;
  return { mediaType: mediaType.toLowerCase(), isBase64: base64 !== undefined, content: textFrom(url, length) };
}

function headOf(text: Text): string {
  return typeof text === 'string' ? text.slice(0, LONGEST_HEAD) : plainHead(text);
}

/** JSON may escape the slashes of a long text. */
function plainHead({ json }: LongText): string {
  return json.toString('latin1', 0, LONGEST_HEAD).replaceAll('\\/', '/');
}

/** The text after its first characters. */
function textFrom(text: Text, start: number): Text {
  if (typeof text === 'string') return text.slice(start);
  const hasEscapes = text.json.toString('latin1', 0, LONGEST_HEAD).includes('\\');
  return hasEscapes ? String(text).slice(start) : new LongText(text.json.subarray(start), text.isPlain);
}
