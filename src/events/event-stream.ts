import type { ServerResponse } from 'node:http';
import type { AdminEvents, EventsQuery, RequestRow } from '@thriftgate/contracts';
import type { EventClient } from '../event-hub/event-hub.service';
import type { EventPage, HubEvent, Topic } from '../event-hub/event-source';
import { matchesRow } from './row-filter';

const COMMENT_EVERY_MS = 15_000;
const MINUTE_MS = 60_000;
/** Of calls; nobody reads more. */
const MAX_ROWS_PER_MINUTE = 500;
/** A client that takes nothing is disconnected when so many bytes wait for it. */
const MAX_WAITING_BYTES = 4 * 1024 * 1024;
const OK = 200;

/** Writes events to one client, within what its caller may see. */
export class EventStream implements EventClient {
  private commentAtMs: number;
  private minuteAtMs: number;
  private rows = 0;
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
    if (cut || dropped > 0) this.send('lagging', { topic, dropped: cut ? null : dropped }, atMs);
  }

  check(): void {
    if (!this.isWorking()) return this.end('signed_out');
    if (this.raw.writableLength > MAX_WAITING_BYTES) return void this.raw.destroy();
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
    if (key !== undefined && keyId !== key) return false;
    return topic !== 'requests' || matchesRow(this.query, data as RequestRow);
  }

  private hasRoom(): boolean {
    const nowMs = this.nowMs();
    if (nowMs - this.minuteAtMs >= MINUTE_MS) [this.minuteAtMs, this.rows] = [nowMs, 0];
    this.rows += 1;
    return this.rows <= MAX_ROWS_PER_MINUTE;
  }

  private send(name: keyof AdminEvents, data: object, atMs?: number): void {
    if (this.ended || this.raw.destroyed) return;
    const id = atMs === undefined ? '' : `id: ${atMs}\n`;
    this.raw.write(`event: ${name}\n${id}data: ${JSON.stringify(data)}\n\n`);
  }
}
