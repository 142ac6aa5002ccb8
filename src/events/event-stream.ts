import type { ServerResponse } from 'node:http';
import type { AdminEvents, EventsQuery, RequestRow } from '@thriftgate/contracts';
import type { EventClient } from '../event-hub/event-hub.service';
import type { EventPage, HubEvent, Topic } from '../event-hub/event-source';
import { matchesRow } from './row-filter';

const COMMENT_EVERY_MS = 15_000;
const MINUTE_MS = 60_000;
/** Of calls: the page shows no more. */
const MAX_ROWS_PER_MINUTE = 500;
/** A list that is loaded again at each `lagging` must not be loaded each second. */
const LAGGING_EVERY_MS = 10_000;
/** A client that takes nothing is disconnected when so many bytes wait for it. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const OK = 200;

/** Writes events to one client, within what its caller may see. */
export class EventStream implements EventClient {
  private commentAtMs: number;
  private minuteAtMs: number;
  private rows = 0;
  /** What was left out since the last `lagging` of a topic; null where it is not known how many. */
  private readonly lags = new Map<Topic, number | null>();
  private readonly laggedAtMs = new Map<Topic, number>();
  private ended = false;

  /** @param isWorking whether the caller still has its session or key, with the same rights */
  constructor(
    private readonly raw: ServerResponse,
    readonly topics: ReadonlySet<Topic>,
    private readonly query: EventsQuery,
    private readonly isWorking: () => boolean,
    private readonly nowMs: () => number,
  ) {
    this.commentAtMs = this.minuteAtMs = nowMs();
  }

  begin(headers: Record<string, number | string | string[] | undefined>): void {
    this.raw.writeHead(OK, {
      ...headers,
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    this.raw.write('retry: 2000\n: open\n\n');
  }

  receive(topic: Topic, { events, cut }: EventPage, atMs: number): void {
    let dropped = 0;
    for (const event of events) {
      if (!this.isMeant(event)) continue;
      if (topic === 'requests' && !this.hasRoom()) dropped += 1;
      else this.send(event.name, event.data, atMs);
    }
    if (cut || dropped > 0) this.lag(topic, cut ? null : dropped);
    this.sayLags(atMs);
  }

  check(): void {
    // What ended a second ago and is still here has a client that takes nothing.
    if (this.ended || this.raw.writableLength > MAX_WAITING_BYTES) return void this.raw.destroy();
    if (!this.isWorking()) return this.end('signed_out');
    this.sayLags();
    const nowMs = this.nowMs();
    if (nowMs - this.commentAtMs < COMMENT_EVERY_MS) return;
    this.commentAtMs = nowMs;
    this.raw.write(': here\n\n');
  }

  end(reason: AdminEvents['end']['reason']): void {
    if (this.ended) return;
    this.send('end', { reason });
    this.ended = true;
    this.raw.end();
  }

  private isMeant({ topic, teamId, keyId, data }: HubEvent): boolean {
    const { team_id: team, key_id: key } = this.query;
    if (team !== undefined && teamId !== team) return false;
    if (topic !== 'alerts' && key !== undefined && keyId !== key) return false;
    return topic !== 'requests' || matchesRow(this.query, data as RequestRow);
  }

  private hasRoom(): boolean {
    const nowMs = this.nowMs();
    if (nowMs - this.minuteAtMs >= MINUTE_MS) [this.minuteAtMs, this.rows] = [nowMs, 0];
    this.rows += 1;
    return this.rows <= MAX_ROWS_PER_MINUTE;
  }

  private lag(topic: Topic, dropped: number | null): void {
    const before = this.lags.get(topic);
    this.lags.set(topic, before === null || dropped === null ? null : (before ?? 0) + dropped);
  }

  private sayLags(atMs?: number): void {
    const nowMs = this.nowMs();
    for (const [topic, dropped] of this.lags) {
      if (nowMs - (this.laggedAtMs.get(topic) ?? -Infinity) < LAGGING_EVERY_MS) continue;
      this.laggedAtMs.set(topic, nowMs);
      this.lags.delete(topic);
      this.send('lagging', { topic, dropped }, atMs);
    }
  }

  private send(name: keyof AdminEvents, data: object, atMs?: number): void {
    if (this.ended || this.raw.destroyed) return;
    const id = atMs === undefined ? '' : `id: ${atMs}\n`;
    this.raw.write(`event: ${name}\n${id}data: ${JSON.stringify(data)}\n\n`);
  }
}
