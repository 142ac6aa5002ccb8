/** An event with its data on one line: not all clients join several data lines. */
export function sseEvent(data: string, event?: string): string {
  const line = data.includes('\n') ? data.replaceAll('\n', ' ') : data;
  return event === undefined ? `data: ${line}\n\n` : `event: ${event}\ndata: ${line}\n\n`;
}

/** A comment, which keeps the connection alive. Some clients treat it as data, so it has no prefix beyond the colon. */
export function sseComment(text: string): string {
  return `:${text.replaceAll(/[\r\n]/g, ' ')}\n\n`;
}
