/** An event of a stream of server-sent events. */
export interface ReadEvent {
  event: string;
  data: any;
  id: string | undefined;
}

/** A stream of server-sent events that is read as it comes. */
export class EventReader {
  readonly events: ReadEvent[] = [];
  readonly comments: string[] = [];
  /** Whether the server has ended it. */
  ended = false;

  private constructor(
    readonly status: number,
    private readonly abort: AbortController,
  ) {}

  static async open(url: string, headers: Record<string, string>): Promise<EventReader> {
    const abort = new AbortController();
    const response = await fetch(url, { headers, signal: abort.signal });
    const reader = new EventReader(response.status, abort);
    // After close() nothing is read any more.
    void reader.read(response).catch(() => undefined);
    return reader;
  }

  named(event: string): any[] {
    return this.events.filter((each) => each.event === event).map(({ data }) => data);
  }

  readonly close = (): void => this.abort.abort();

  private async read(response: Response): Promise<void> {
    const decoder = new TextDecoder();
    let text = '';
    for await (const piece of response.body ?? []) {
      text += decoder.decode(piece, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) this.take(block);
    }
    this.ended = true;
  }

  private take(block: string): void {
    const lines = block.split('\n');
    const value = (name: string) => lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2);
    const event = value('event');
    if (event === undefined) this.comments.push(block);
    else this.events.push({ event, data: JSON.parse(value('data') ?? 'null'), id: value('id') });
  }
}
