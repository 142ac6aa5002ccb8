import { InvalidRequestError } from '../../endpoint';
import { isRecord, type JsonRecord } from '../../json-record';
import { LongText } from '../../passed-values';
import { UnsupportedMemberError } from '../../translator';

/** The gateway itself writes this mark for OpenAI's prompt cache where a client has set one. */
const MARK = 'prompt_cache_breakpoint';

export function isText(value: unknown): value is string | LongText {
  return typeof value === 'string' || value instanceof LongText;
}

/**
 * What a user, an instruction or a tool says, in the shape of Responses.
 *
 * @param param the content's place, for errors
 * @throws UnsupportedMemberError for sound, which Responses do not take
 * @see https://platform.openai.com/docs/api-reference/responses/create#responses-create-input
 */
export function inputContent(content: unknown, param: string): unknown {
  if (isText(content)) return content;
  if (content === undefined || content === null) return '';
  if (!Array.isArray(content)) throw new InvalidRequestError(`'${param}' must be a text or a list of parts.`, param);
  return content.map((part: unknown, index) => inputPart(part, `${param}.${index}`));
}

function inputPart(part: unknown, param: string): JsonRecord {
  if (!isRecord(part)) throw new InvalidRequestError(`'${param}' must be an object.`, param);
  const mark = part[MARK] === undefined ? {} : { [MARK]: part[MARK] };
  switch (part.type) {
    case 'text':
      return { type: 'input_text', text: part.text, ...mark };
    case 'image_url':
      return { type: 'input_image', ...imageOf(part.image_url, `${param}.image_url`), ...mark };
    case 'file':
      return { type: 'input_file', ...(isRecord(part.file) ? part.file : {}), ...mark };
    case 'input_audio':
      throw new UnsupportedMemberError(`'${param}' is sound, which this model does not take.`, param);
    default:
      throw new InvalidRequestError(`'${param}.type' must be text, image_url or file.`, `${param}.type`);
  }
}

/** The picture's address, or its bytes as a `data:` URL. Without a level of detail the model decides. */
function imageOf(image: unknown, param: string): JsonRecord {
  const { url, detail } = isRecord(image) ? image : {};
  if (!isText(url)) throw new InvalidRequestError(`'${param}.url' is required.`, `${param}.url`);
  return { image_url: url, detail: detail ?? 'auto' };
}

/** What the model said, as a list of parts; a text alone stays one. Undefined where it said nothing. */
export function outputContent({ content, refusal }: JsonRecord): unknown {
  if (isText(content) && content.length > 0 && !isFilled(refusal)) return content;
  const given: unknown[] = Array.isArray(content)
    ? content
    : isFilled(content)
      ? [{ type: 'text', text: content }]
      : [];
  const parts = given
    .filter(isRecord)
    .map((part) =>
      part.type === 'refusal' ? { type: 'refusal', refusal: part.refusal } : { type: 'output_text', text: part.text },
    );
  if (isFilled(refusal)) parts.push({ type: 'refusal', refusal });
  return parts.length > 0 ? parts : undefined;
}

function isFilled(value: unknown): value is string | LongText {
  return isText(value) && value.length > 0;
}
