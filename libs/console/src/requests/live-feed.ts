import type { RequestRow } from '@thriftgate/contracts';
import type { EventsQuery, RequestsQuery } from '@thriftgate/sdk';
import { api } from '../api/client';
import { rowKey } from './use-request-rows';

/** At most so many rows are kept. */
export const MOST_LIVE_ROWS = 500;
const RETRY_MS = 3_000;

export interface LiveRows {
  /** Newest first. */
  rows: RequestRow[];
  error: unknown;
  /** Whether there were more calls than a stream carries. */
  isLagging: boolean;
}

export const NO_LIVE_ROWS: LiveRows = { rows: [], error: undefined, isLagging: false };

/** The new rows of a filter: it is followed, left, and followed again from its last event on. */
export class LiveFeed {
  private live = NO_LIVE_ROWS;
  private lastEventId: string | undefined;

  /**
   * @param query its period and order do not count
   * @param onChange gets all rows so far, each time
   */
  constructor(
    private readonly query: RequestsQuery,
    private readonly onChange: (live: LiveRows) => void,
  ) {}

  /** Follows the stream until it is full or stopped, and opens it again where it breaks off. */
  async follow(signal: AbortSignal): Promise<void> {
    const { from: _from, to: _to, sort: _sort, request_id: _id, ...filters } = this.query;
    const events: EventsQuery = { ...filters, topics: ['requests'] };
    while (!signal.aborted && !this.isFull()) {
      try {
        if (!(await this.read(events, signal))) return;
      } catch (error) {
        if (signal.aborted) return;
        this.change({ error });
      }
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
    }
  }

  /** Reads the stream to its end. @returns whether to open it again */
  private async read(events: EventsQuery, signal: AbortSignal): Promise<boolean> {
    const options = { signal, ...(this.lastEventId !== undefined && { lastEventId: this.lastEventId }) };
    for await (const event of api.admin.events.watch(events, options)) {
      if (event.id !== undefined) this.lastEventId = event.id;
      if (event.event === 'lagging') this.change({ isLagging: true });
      if (event.event === 'end' && event.data.reason === 'signed_out') return false;
      if (event.event === 'request') this.change({ error: undefined, rows: withRow(this.live.rows, event.data) });
      if (this.isFull()) return false;
    }
    return true;
  }

  private isFull(): boolean {
    return this.live.rows.length >= MOST_LIVE_ROWS;
  }

  private change(changes: Partial<LiveRows>): void {
    this.live = { ...this.live, ...changes };
    this.onChange(this.live);
  }
}

/** A row comes again when it has been settled: it takes the place of the first. */
function withRow(rows: readonly RequestRow[], row: RequestRow): RequestRow[] {
  const others = rows.filter((each) => rowKey(each) !== rowKey(row));
  return [row, ...others].slice(0, MOST_LIVE_ROWS);
}
