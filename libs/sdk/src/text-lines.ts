const LINE_END = /\r\n|\n|\r(?=[^])/;

/** The lines of a body without their ends. The chunks may be cut anywhere. */
export async function* textLines(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const bytes of body) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split(LINE_END);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest.replace(/\r$/, '');
}

/** The data of server-sent events. @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation */
export async function* eventData(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  let data: string[] = [];
  for await (const line of textLines(body)) {
    if (line === '' && data.length > 0) yield data.splice(0).join('\n');
    else if (line.startsWith('data:')) data.push(line.slice(5).replace(/^ /, ''));
  }
}
