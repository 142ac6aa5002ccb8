import { Injectable, Logger, type OnModuleDestroy } from '@nestjs/common';
import { type EventPage, type EventSource, OVERLAP_MS, type Topic } from './event-source';

const POLL_MS = 1_000;

/** A stream that someone has open. */
export interface EventClient {
  readonly topics: ReadonlySet<Topic>;
  /** @param atMs when the events were read, in milliseconds since 1970: a stream that breaks off resumes there */
  receive(topic: Topic, page: EventPage, atMs: number): void;
  /** Called each second; a client that must end does so here. */
  check(): void;
  end(reason: 'stopping'): void;
}

/**
 * Asks each source once a second for all streams of this process, and a source whose topic no stream has not at all: many open
 * consoles cost the database as much as one.
 */
@Injectable()
export class EventHub implements OnModuleDestroy {
  private readonly logger = new Logger(EventHub.name);
  private readonly sources = new Map<Topic, EventSource>();
  private readonly clients = new Set<EventClient>();
  /** The topics that are polled, or will be as soon as they have begun. */
  private readonly beginnings = new Map<Topic, Promise<void>>();
  /** When each topic was last read, in milliseconds since 1970. */
  private readonly readAtMs = new Map<Topic, number>();
  private readonly failing = new Set<Topic>();
  private timer: NodeJS.Timeout | undefined;
  private polling: Promise<void> | undefined;
  private stopping = false;

  register(source: EventSource): void {
    this.sources.set(source.topic, source);
  }

  /** Ends all streams: the process stops. */
  async onModuleDestroy(): Promise<void> {
    this.stopping = true;
    clearInterval(this.timer);
    for (const client of this.clients) client.end('stopping');
    this.clients.clear();
    await this.polling;
  }

  /**
   * Gives a client what happens from now on.
   *
   * @param since what happened since then comes first
   */
  async add(client: EventClient, since: Date | undefined): Promise<void> {
    if (this.stopping) return client.end('stopping');
    this.clients.add(client);
    this.timer ??= setInterval(() => void this.tick(), POLL_MS);
    for (const topic of client.topics) {
      // It may have left while another topic began.
      if (this.clients.has(client)) await this.start(topic, client, since);
    }
  }

  remove(client: EventClient): void {
    this.clients.delete(client);
    if (this.clients.size > 0) return;
    clearInterval(this.timer);
    this.timer = undefined;
    this.beginnings.clear();
  }

  /** Where the database does not answer, the client learns that it may lack something; {@link poll} begins later. */
  private async start(topic: Topic, client: EventClient, since: Date | undefined): Promise<void> {
    const atMs = Date.now();
    try {
      const source = await this.begun(topic);
      if (since && source) client.receive(topic, await source.replay(since), atMs);
    } catch (error) {
      this.noteFailure(topic, error);
      client.receive(topic, { events: [], cut: true }, atMs);
    }
  }

  /** The source of a topic once it has begun. */
  private async begun(topic: Topic): Promise<EventSource | undefined> {
    const source = this.sources.get(topic);
    let beginning = this.beginnings.get(topic);
    if (!beginning && source) {
      this.readAtMs.set(topic, Date.now());
      beginning = source.begin();
      this.beginnings.set(topic, beginning);
      beginning.catch(() => this.beginnings.delete(topic));
    }
    await beginning;
    return source;
  }

  private async tick(): Promise<void> {
    for (const client of this.clients) client.check();
    // A database that is slow is asked less often.
    this.polling ??= this.poll().finally(() => (this.polling = undefined));
    await this.polling;
  }

  private async poll(): Promise<void> {
    for (const [topic, source] of this.sources) {
      const clients = [...this.clients].filter(({ topics }) => topics.has(topic));
      if (clients.length === 0) {
        this.beginnings.delete(topic);
        continue;
      }
      try {
        await this.begun(topic);
        const atMs = Date.now();
        const { events, cut } = await source.poll();
        // Sources look back so far: what is older may have been missed.
        const isLate = atMs - (this.readAtMs.get(topic) ?? atMs) > OVERLAP_MS;
        this.readAtMs.set(topic, atMs);
        this.failing.delete(topic);
        for (const client of clients) client.receive(topic, { events, cut: cut || isLate }, atMs);
      } catch (error) {
        this.noteFailure(topic, error);
      }
    }
  }

  /** Warns of the first failure of several. */
  private noteFailure(topic: Topic, error: unknown): void {
    if (this.failing.has(topic)) this.logger.debug({ err: error, topic }, 'events could not be read');
    else this.logger.warn({ err: error, topic }, 'events could not be read');
    this.failing.add(topic);
  }
}
