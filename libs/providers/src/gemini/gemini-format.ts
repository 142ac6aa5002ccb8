import { isRecord } from '../json-record';
import type { JsonRecord } from '../json-record';

/** The format of Gemini's reasoning in `reasoning_details`, and of its turns. @see https://openrouter.ai/docs/use-cases/reasoning-tokens */
export const GEMINI_FORMAT = 'google-gemini-v1';

/** Begins ids of calls to which the vendor gave none. They are never sent to the vendor. */
const OWN_ID = 'call_gw_';

/** The id of a call without one. Equal for equal responses to one request. @param at the position among the calls of the response */
export function ownCallId(requestId: string, at: number): string {
  return `${OWN_ID}${requestId}_${at}`;
}

/** The vendor's id of a call; undefined where the vendor gave none. */
export function vendorCallId(id: string): string | undefined {
  return id === '' || id.startsWith(OWN_ID) ? undefined : id;
}

/** @see https://ai.google.dev/api/caching#FunctionDeclaration */
const FUNCTION_NAME = /^[A-Za-z_][\w.:-]{0,127}$/;
const LONGEST_NAME = 128;

/** A function's name as the vendor takes it. */
export function vendorFunctionName(name: string): string {
  return FUNCTION_NAME.test(name) ? name : `_${name.replace(/[^\w.:-]/g, '_')}`.slice(0, LONGEST_NAME);
}

/** The caller's name of a function that the vendor names. @param body the request, with the caller's tools */
export function callerFunctionName(body: JsonRecord, name: string): string {
  if (!name.startsWith('_') || !Array.isArray(body.tools)) return name;
  const names = body.tools.flatMap((tool: unknown) =>
    isRecord(tool) && isRecord(tool.function) && typeof tool.function.name === 'string' ? tool.function.name : [],
  );
  return names.includes(name) ? name : (names.find((each) => vendorFunctionName(each) === name) ?? name);
}

/** The signature in the `extra_content` of a tool call. @see https://ai.google.dev/gemini-api/docs/openai#thought-signatures */
export function signatureOfCall({ extra_content: extra }: JsonRecord): string | undefined {
  const google = isRecord(extra) ? extra.google : undefined;
  const signature = isRecord(google) ? google.thought_signature : undefined;
  return typeof signature === 'string' && signature !== '' ? signature : undefined;
}
