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

/** A server-sent event with a name. */
interface NamedEvent {
  event: string;
  data: string;
  id: string | undefined;
}

/** Server-sent events with their names and ids; comments are left out. */
export async function* namedEvents(body: AsyncIterable<Uint8Array>): AsyncGenerator<NamedEvent, void, undefined> {
  let next: NamedEvent = { event: 'message', data: '', id: undefined };
  for await (const line of textLines(body)) {
    const [, field, value = ''] = /^(event|data|id): ?(.*)$/.exec(line) ?? [];
    if (field === 'event') next.event = value;
    else if (field === 'id') next.id = value;
    else if (field === 'data') next.data = next.data === '' ? value : `${next.data}\n${value}`;
    else if (line === '') {
      if (next.data !== '') yield next;
      next = { event: 'message', data: '', id: undefined };
    }
  }
}
