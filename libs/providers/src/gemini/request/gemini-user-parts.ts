import { InvalidRequestError } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';
import { UnsupportedMemberError } from '../../translator';
import type { GeminiCapabilities } from '../gemini-models';
import { inlineData, isText, mediaPart, typeOfName } from './gemini-media';

/** What the translation of a message reads besides the message, and the members that it could not translate. */
export interface MessageContext {
  model: string;
  can: GeminiCapabilities;
  dropped: Set<string>;
}

/** Formats of `input_audio`. @see https://platform.openai.com/docs/guides/audio */
const AUDIO_TYPES: Readonly<Record<string, string>> = { wav: 'audio/wav', mp3: 'audio/mp3' };
/** Marks for other vendors' prompt caches. */
const CACHE_MARKS = ['cache_control', 'prompt_cache_breakpoint'];

/**
 * The parts of a message's content; none for an empty text, which the vendor refuses.
 *
 * @param path of the content, for example `messages[0].content`
 * @throws InvalidRequestError for content that is wrong
 * @throws UnsupportedMemberError for a part that this model does not take
 */
export function contentParts(content: unknown, path: string, context: MessageContext): JsonRecord[] {
  if (content === undefined || content === null || content === '') return [];
  if (isText(content)) return [{ text: content }];
  if (!Array.isArray(content)) throw new InvalidRequestError(`'${path}' must be a text or an array of parts.`, path);
  return content.flatMap((part: unknown, index) => partsOf(part, `${path}[${index}]`, context));
}

function partsOf(part: unknown, path: string, context: MessageContext): JsonRecord[] {
  if (!isRecord(part)) throw new InvalidRequestError(`'${path}' must be an object.`, path);
  for (const mark of CACHE_MARKS) if (part[mark] !== undefined) context.dropped.add(mark);
  const text = part.type === 'refusal' ? part.refusal : part.text;
  switch (part.type) {
    case 'text':
    case 'input_text':
    case 'output_text':
    case 'refusal':
      return isText(text) ? [{ text }] : [];
    case 'image_url':
    case 'video_url':
      return [
        taken(urlPart(part[part.type], `${path}.${part.type}`, part.type === 'image_url', context), path, context),
      ];
    case 'input_audio':
      return [taken(audioPart(part.input_audio, `${path}.input_audio`), path, context)];
    case 'file':
      return [taken(filePart(part.file, `${path}.file`, context), path, context)];
    default:
      throw new UnsupportedMemberError(
        `'${path}.type' is ${JSON.stringify(part.type)}, which the gateway cannot translate for Gemini. Use text, image_url, input_audio or file.`,
        `${path}.type`,
      );
  }
}

/** @throws UnsupportedMemberError for a kind of input that the model lacks, whichever part it comes in */
function taken(part: JsonRecord, path: string, { model, can }: MessageContext): JsonRecord {
  const data = part.inlineData ?? part.fileData;
  const [kind = ''] = isRecord(data) ? String(data.mimeType).split('/') : [];
  if (!can.lacks.includes(kind)) return part;
  throw new UnsupportedMemberError(
    `${model} does not take ${kind} input. Leave out '${path}', or use another model.`,
    path,
  );
}

function urlPart(media: unknown, path: string, isImage: boolean, { model, can }: MessageContext): JsonRecord {
  const isObject = isRecord(media);
  const otherwise = isImage ? 'image/jpeg' : undefined;
  return mediaPart(isObject ? media.url : media, { path: isObject ? `${path}.url` : path, model, can, otherwise });
}

function audioPart(audio: unknown, path: string): JsonRecord {
  const { data, format } = isRecord(audio) ? audio : {};
  const mimeType = typeof format === 'string' ? AUDIO_TYPES[format] : undefined;
  if (mimeType === undefined)
    throw new InvalidRequestError(`'${path}.format' must be "wav" or "mp3".`, `${path}.format`);
  return inlineData(data, mimeType, { path: `${path}.data` });
}

/** @see https://ai.google.dev/gemini-api/docs/document-processing */
function filePart(file: unknown, path: string, { model, can }: MessageContext): JsonRecord {
  const { file_data: data, file_id: id, filename } = isRecord(file) ? file : {};
  if (data === undefined && id !== undefined)
    throw new UnsupportedMemberError(
      `'${path}.file_id' names a file at another vendor. Send the file inside the request, in file_data.`,
      `${path}.file_id`,
    );
  if (!isText(data)) throw new InvalidRequestError(`'${path}.file_data' is required.`, `${path}.file_data`);
  const otherwise = (typeof filename === 'string' && typeOfName(filename)) || 'application/pdf';
  const place = { path: `${path}.file_data`, model, can, otherwise };
  const isUrl = typeof data !== 'string' ? /^data:/i.test(data.json.toString('latin1', 0, 8)) : /^[a-z]+:/i.test(data);
  return isUrl ? mediaPart(data, place) : inlineData(data, otherwise, place);
}
