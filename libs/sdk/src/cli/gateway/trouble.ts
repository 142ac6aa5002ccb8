import { ThriftgateError } from '../../thriftgate-error';
import type { Messages } from '../text/messages-en';

/** The gateway's address does not belong to a gateway. */
export class NotAGateway extends Error {}

/** A download ended before its end. */
export class IncompleteDownload extends Error {}

/** Whether an error says that the network or the gateway failed for now, so that another attempt may succeed. */
export function isPassing(error: unknown): boolean {
  if (error instanceof ThriftgateError) return error.status === 429 || [502, 503, 504].includes(error.status);
  return error instanceof IncompleteDownload || isNetworkError(error);
}

/** `fetch` throws a TypeError for all failures of the network; their cause has a code. */
export function isNetworkError(error: unknown): error is TypeError {
  if (!(error instanceof TypeError)) return false;
  return error.message === 'fetch failed' || error.message === 'terminated' || codeOf(error.cause) !== undefined;
}

/** What failed, in a sentence or two. */
export function sentenceOf(error: unknown, baseUrl: string, messages: Messages): string {
  if (error instanceof ThriftgateError) {
    const own = messages.errors[error.code ?? ''];
    const text = own === undefined ? error.message : `${own} ${error.message}`;
    return messages.trouble.gateway(text, error.requestId);
  }
  if (isNetworkError(error)) {
    return messages.trouble.unreachable(baseUrl, codeOf(error.cause) ?? messageOf(error.cause) ?? error.message);
  }
  if (error instanceof NotAGateway) return messages.trouble.notAGateway(baseUrl);
  if (error instanceof IncompleteDownload) return messages.trouble.incomplete(error.message);
  return messages.trouble.unexpected(error instanceof Error ? error.message : String(error));
}

function codeOf(cause: unknown): string | undefined {
  const code: unknown = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  return typeof code === 'string' ? code : undefined;
}

function messageOf(cause: unknown): string | undefined {
  return cause instanceof Error && cause.message !== '' ? cause.message : undefined;
}
