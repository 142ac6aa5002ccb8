import type { JsonRecord } from '../json-record';
import type { ProviderError } from '../translator';

/** The codes of OpenAI's responses are few. @see https://platform.openai.com/docs/api-reference/responses/object#responses/object-error */
function codeOf(code: string | null): string {
  return code?.includes('rate_limit') ? 'rate_limit_exceeded' : 'server_error';
}

/** A response that broke off. @param soFar the response with what came of its output */
export function failedResponse(
  soFar: JsonRecord,
  { code, message }: Pick<ProviderError, 'code' | 'message'>,
): JsonRecord {
  return { ...soFar, status: 'failed', incomplete_details: null, error: { code: codeOf(code), message } };
}
