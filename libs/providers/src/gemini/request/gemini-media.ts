import { InvalidRequestError } from '../../endpoint';
import type { JsonRecord } from '../../json-record';
import { LongText } from '../../passed-values';
import { UnsupportedMemberError } from '../../translator';
import type { GeminiCapabilities } from '../gemini-models';

/** Types of files by the end of their name. @see https://ai.google.dev/gemini-api/docs/file-input-methods */
const TYPE_BY_ENDING: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  webp: 'image/webp',
  heic: 'image/heic',
  heif: 'image/heif',
  gif: 'image/gif',
  bmp: 'image/bmp',
  pdf: 'application/pdf',
  json: 'application/json',
  txt: 'text/plain',
  md: 'text/markdown',
  csv: 'text/csv',
  html: 'text/html',
  xml: 'text/xml',
  mp3: 'audio/mp3',
  wav: 'audio/wav',
  flac: 'audio/flac',
  ogg: 'audio/ogg',
  mp4: 'video/mp4',
  mpeg: 'video/mpeg',
  mov: 'video/quicktime',
  webm: 'video/webm',
};

/** Files that were uploaded to the vendor, and videos that every model reads. */
const VENDOR_FILE = /^https:\/\/generativelanguage\.googleapis\.com\/v1beta\/files\//;
const YOUTUBE = /^https:\/\/((www\.)?youtube\.com\/watch\?|youtu\.be\/)/;
const DATA_URL = /^data:([^;,]*)[^,]*?(;base64)?,/i;
/** A longer head of a data URL is none. */
const LONGEST_HEAD = 256;

type Text = string | LongText;

/** A member with a URL or with bytes, for messages about it. */
export interface MediaPlace {
  path: string;
  model: string;
  can: GeminiCapabilities;
  /** The type where the URL does not tell it; undefined leaves it to the vendor. */
  otherwise?: string | undefined;
}

/**
 * The part for a picture, a sound or a file by its URL: `data:` inline, https where the vendor fetches it.
 *
 * @throws InvalidRequestError for a text that is no such URL
 * @throws UnsupportedMemberError for a URL that this model does not fetch; the gateway fetches nothing
 */
export function mediaPart(url: unknown, place: MediaPlace): JsonRecord {
  if (!isText(url)) throw invalid(place, 'must be a URL');
  const head = headOf(url);
  if (/^data:/i.test(head)) return inlinePart(url, head, place);
  const address = String(url);
  const uri = { fileUri: address, mimeType: typeOfName(address.split(/[?#]/)[0] ?? '') ?? place.otherwise };
  if (VENDOR_FILE.test(address)) return { fileData: { ...uri, mimeType: typeOfName(address) } };
  if (YOUTUBE.test(address)) return { fileData: { fileUri: address } };
  if (!URL.canParse(address)) throw invalid(place, 'must be a URL, as https://… or data:image/png;base64,…');
  if (/^https:/i.test(address) && place.can.fetchesUrls) return { fileData: uri };
  throw new UnsupportedMemberError(
    `${place.model} does not fetch the URL in '${place.path}', and the gateway fetches no files. Send the file inside the request, as data:image/png;base64,….`,
    place.path,
  );
}

/** The part for bytes in base64 without a `data:` head. */
export function inlineData(data: unknown, mimeType: string, place: Pick<MediaPlace, 'path'>): JsonRecord {
  if (!isText(data)) throw invalid(place, 'must be base64');
  return { inlineData: { mimeType, data } };
}

/** The type of a file by the end of its name. */
export function typeOfName(name: string): string | undefined {
  const ending = /\.([a-z0-9]{2,5})$/i.exec(name)?.[1]?.toLowerCase() ?? '';
  return Object.hasOwn(TYPE_BY_ENDING, ending) ? TYPE_BY_ENDING[ending] : undefined;
}

export function isText(value: unknown): value is Text {
  return (typeof value === 'string' && value !== '') || (value instanceof LongText && value.length > 0);
}

function headOf(url: Text): string {
  return typeof url === 'string' ? url.slice(0, LONGEST_HEAD) : url.json.toString('utf8', 0, LONGEST_HEAD);
}

/** Long data is not copied: the part has the bytes after the head. */
function inlinePart(url: Text, head: string, place: MediaPlace): JsonRecord {
  if (url instanceof LongText && !url.isPlain) return mediaPart(url.toString(), place);
  const [whole, mimeType, isBase64] = DATA_URL.exec(head) ?? [];
  if (whole === undefined || !isBase64)
    throw invalid(place, 'must be base64 after its comma, as data:image/png;base64,…');
  const data =
    typeof url === 'string' ? url.slice(whole.length) : new LongText(url.json.subarray(Buffer.byteLength(whole)), true);
  if (data.length === 0) throw invalid(place, 'has no data after its comma');
  return { inlineData: { mimeType: mimeType || (place.otherwise ?? 'application/octet-stream'), data } };
}

function invalid({ path }: Pick<MediaPlace, 'path'>, problem: string): InvalidRequestError {
  return new InvalidRequestError(`'${path}' ${problem}.`, path);
}
