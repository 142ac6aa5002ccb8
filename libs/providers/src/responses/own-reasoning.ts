import { isRecord, type JsonRecord, nonEmptyString, parseJson } from '../json-record';

/** Begins the `encrypted_content` that this gateway writes; the number is the version of what follows. */
const PREFIX = 'tg1.';

/** What a vendor's chat completion needs back with its turn, under the names of that API. */
export interface CarriedReasoning {
  reasoning_content?: string;
  reasoning_details?: unknown[];
}

/** The reasoning of a chat completion as `encrypted_content`, opaque to the caller; undefined where there is none. */
export function toEncryptedContent({ reasoning_content, reasoning_details }: CarriedReasoning): string | undefined {
  const carried: CarriedReasoning = {};
  if (nonEmptyString(reasoning_content)) carried.reasoning_content = reasoning_content;
  if (reasoning_details?.length) carried.reasoning_details = reasoning_details;
  if (Object.keys(carried).length === 0) return undefined;
  return PREFIX + Buffer.from(JSON.stringify(carried)).toString('base64url');
}

/** Whether a reasoning item carries what this gateway wrote for a vendor without Responses. */
export function isOwnReasoning({ encrypted_content: content }: JsonRecord): boolean {
  return String(content ?? '').startsWith(PREFIX);
}

/** Reads what {@link toEncryptedContent} wrote; undefined for the reasoning of others, and for text that was changed. */
export function fromEncryptedContent(content: unknown): CarriedReasoning | undefined {
  const text = String(content ?? '');
  if (!text.startsWith(PREFIX)) return undefined;
  const carried = parseJson(Buffer.from(text.slice(PREFIX.length), 'base64url').toString());
  if (!isRecord(carried)) return undefined;
  const { reasoning_content: written, reasoning_details: details } = carried;
  return {
    ...(typeof written === 'string' && { reasoning_content: written }),
    ...(Array.isArray(details) && { reasoning_details: details }),
  };
}
