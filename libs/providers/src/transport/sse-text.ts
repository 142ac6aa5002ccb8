/** An event on one line, though its JSON came on several: not all clients put several together. */
export function sseEvent(data: string, event?: string): string {
  const line = data.includes('\n') ? data.replaceAll('\n', ' ') : data;
  return event === undefined ? `data: ${line}\n\n` : `event: ${event}\ndata: ${line}\n\n`;
}

/** A comment keeps the connection alive and says nothing. Some clients take it for data, so it is kept as short as it came. */
export function sseComment(text: string): string {
  return `:${text.replaceAll(/[\r\n]/g, ' ')}\n\n`;
}
