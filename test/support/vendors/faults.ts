import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Directives } from '../fake-openai/directives';

/** How a vendor writes an error. */
export type WriteError = (status: number, headers: Record<string, string>) => void;

const HTML =
  '<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking your browser</body></html>';

/** Runs the failures before a response, for vendors other than OpenAI. @returns whether one ended the call */
export async function failEarly(
  { delayMs, reset, status, retryAfterSeconds, html, blank, lose }: Directives,
  request: IncomingMessage,
  response: ServerResponse,
  writeError: WriteError,
): Promise<boolean> {
  if (delayMs) await untilClosedOr(delayMs, response);
  if (reset) request.socket.resetAndDestroy();
  else if (status !== undefined && status >= 400)
    writeError(status, retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) });
  else if (html || blank)
    response
      .writeHead(200, { 'content-type': html ? 'text/html; charset=UTF-8' : 'application/json' })
      .end(html ? HTML : '');
  else if (lose) request.socket.destroy();
  else return false;
  return true;
}

/** Writes the texts of a stream's events with the gaps, the stall and the cut that are asked for. @returns whether all were written */
export async function writeEvents(
  texts: Iterable<string>,
  { gapMs, ttftMs, cutAfter, stallAfter }: Directives,
  response: ServerResponse,
): Promise<boolean> {
  response.flushHeaders();
  if (ttftMs) await untilClosedOr(ttftMs, response);
  let sent = 0;
  for (const text of texts) {
    if (sent === cutAfter) {
      response.socket?.destroy();
      return false;
    }
    if (sent === stallAfter) return false;
    if (gapMs && sent > 0) await untilClosedOr(gapMs, response);
    if (response.destroyed) return false;
    response.write(text);
    sent += 1;
  }
  response.end();
  return true;
}

/** Waits, at most until the connection is closed. */
async function untilClosedOr(ms: number, response: ServerResponse): Promise<void> {
  const controller = new AbortController();
  const close = () => controller.abort();
  response.once('close', close);
  await sleep(ms, undefined, { signal: controller.signal }).catch(() => undefined);
  response.off('close', close);
}
