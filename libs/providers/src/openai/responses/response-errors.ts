import { isRecord, type JsonRecord } from '../../json-record';

/** The error of an `error` event. @see https://platform.openai.com/docs/api-reference/responses-streaming/error */
export function errorOfEvent({ error, code, message, param }: JsonRecord): unknown {
  return isRecord(error) ? error : { code, message, param };
}

/** The error of a failed response. Those that blame the request are no failure of the upstream. */
export function errorOfResponse({ error }: JsonRecord): JsonRecord {
  const { code, message } = isRecord(error) ? error : {};
  const blamesRequest = /^invalid_|image|policy/.test(String(code));
  return { code, message, ...(blamesRequest && { type: 'invalid_request_error' }) };
}
