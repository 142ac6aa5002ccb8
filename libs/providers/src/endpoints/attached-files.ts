import type { AttachedFile } from '../endpoint';
import { isRecord } from '../json-record';
import { LongText } from '../passed-values';
import { pdfPages } from './pdf-pages';

/** Members where the bytes or the address of an attachment stand; its other members, as a file's name, may be read as text. */
export const MEDIA = ['url', 'data', 'file_data', 'file_id'];

/** How much of an attachment says what it is, in bytes. */
const HEAD_BYTES = 256;
const BYTES_PER_BASE64_LETTER = 0.75;
const REMOTE = /^[a-z][a-z\d+.-]*:\/\//i;
/** Pictures, sounds and films, as which part of a message they come. */
const MEDIA_TYPES = /^(image|audio|video)\//i;
const PDF_TYPE = /^application\/(x-)?pdf\b/i;
const DATA_URL = /^data:([^,]*),/i;
const BASE64 = /;\s*base64\s*$/i;
const TEXT_TYPES = /^text\/|^application\/([\w.-]+\+)?(json|xml|yaml)\b/i;
/** How PDF files begin, and those of office programs too, whatever their type is said to be. */
const PDF = /^(JVBER|%PDF)/;
const PACKED = /^(JVBER|UEsDB|%PDF|PK)/;

/**
 * The files whose bytes are in the media of an attachment; none where it has an address or an id.
 *
 * @param isFile false for the part of a picture, sound or film, which is a file only where its type or its beginning says so
 * @param type the media type, where the media does not name it
 */
export function filesIn(media: unknown, isFile: boolean, type?: unknown): AttachedFile[] {
  if (isRecord(media)) return MEDIA.flatMap((name) => filesIn(media[name], isFile, type));
  if (typeof media !== 'string' && !(media instanceof LongText)) return [];
  const head = headOf(media);
  if (REMOTE.test(head)) return [];
  const [url = '', described] = DATA_URL.exec(head) ?? [];
  const named = String(described ?? type);
  const isPacked = PACKED.test(head.slice(url.length));
  const isPdf = PDF_TYPE.test(named) || PDF.test(head.slice(url.length));
  const isDocument = isPdf || isPacked || TEXT_TYPES.test(named);
  if (MEDIA_TYPES.test(named) ? !isPacked : !(isFile || isDocument)) return [];
  const isBase64 = described === undefined || BASE64.test(described);
  const bytes = isBase64 ? Math.ceil(media.length * BYTES_PER_BASE64_LETTER) : media.length;
  if (!isPdf) return [{ bytes }];
  return [{ bytes, pages: () => pdfPages(bytes, () => bytesOf(media, url.length, isBase64)) }];
}

/** The bytes of an attachment, without what describes them. */
function bytesOf(media: string | LongText, start: number, isBase64: boolean): Buffer {
  const letters = typeof media === 'string' ? media.slice(start) : media.json.toString('latin1', start);
  return Buffer.from(letters, isBase64 ? 'base64' : 'latin1');
}

function headOf(media: string | LongText): string {
  return typeof media === 'string' ? media.slice(0, HEAD_BYTES) : media.json.toString('latin1', 0, HEAD_BYTES);
}
