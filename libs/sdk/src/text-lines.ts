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

/** A server-sent event with a name. */
interface NamedEvent {
  event: string;
  data: string;
  id: string | undefined;
}

/**
 * Server-sent events with their names and ids. Comments, and events without data, are left out.
 *
 * @see https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation
 */
export async function* namedEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<NamedEvent, void, undefined> {
  let [event, data, id]: [string, string[], string | undefined] = ['message', [], undefined];
  for await (const line of textLines(body)) {
    const [, field, value = ''] = /^(event|data|id): ?(.*)$/s.exec(line) ?? [];
    if (field === 'event') event = value;
    else if (field === 'id') id = value;
    else if (field === 'data') data.push(value);
    else if (line === '') {
      if (data.length > 0) yield { event, data: data.join('\n'), id };
      [event, data, id] = ['message', [], undefined];
    }
  }
}

/** The data of server-sent events, as {@link namedEvents} reads them. */
export async function* eventData(body: AsyncIterable<Uint8Array>): AsyncGenerator<string, void, undefined> {
  for await (const { data } of namedEvents(body)) yield data;
}
