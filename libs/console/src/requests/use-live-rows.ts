import type { RequestRow } from '@thriftgate/contracts';
import type { EventsQuery, RequestsQuery } from '@thriftgate/sdk';
import { useEffect, useState } from 'react';
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

const NOTHING: LiveRows = { rows: [], error: undefined, isLagging: false };

/**
 * New rows of the filter, as they happen, while `isOn` and the tab is seen. It stops at 500 rows.
 *
 * @param query keep it the same object while nothing changes; its period does not count
 */
export function useLiveRows(query: RequestsQuery, isOn: boolean): LiveRows {
  const [live, setLive] = useState(NOTHING);
  useEffect(() => {
    setLive(NOTHING);
    if (!isOn) return undefined;
    let stop = new AbortController();
    const start = () => {
      stop = new AbortController();
      void follow(query, stop.signal, setLive);
    };
    const onVisibility = () => (document.hidden ? stop.abort() : start());
    if (!document.hidden) start();
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      document.removeEventListener('visibilitychange', onVisibility);
      stop.abort();
    };
  }, [query, isOn]);
  return live;
}

type Update = (change: (live: LiveRows) => LiveRows) => void;

/** Follows the stream, and opens it again where it breaks off, from its last event on. */
async function follow(query: RequestsQuery, signal: AbortSignal, update: Update): Promise<void> {
  const { from: _from, to: _to, sort: _sort, request_id: _id, ...filters } = query;
  const events: EventsQuery = { ...filters, topics: ['requests'] };
  let lastEventId: string | undefined;
  let count = 0;
  while (!signal.aborted && count < MOST_LIVE_ROWS) {
    try {
      const options = { signal, ...(lastEventId !== undefined && { lastEventId }) };
      for await (const event of api.admin.events.watch(events, options)) {
        if (event.id !== undefined) lastEventId = event.id;
        if (event.event === 'lagging') update((live) => ({ ...live, isLagging: true }));
        if (event.event === 'end' && event.data.reason === 'signed_out') return;
        if (event.event !== 'request') continue;
        count += 1;
        update((live) => ({ ...live, error: undefined, rows: withRow(live.rows, event.data) }));
        if (count >= MOST_LIVE_ROWS) return;
      }
    } catch (error) {
      if (signal.aborted) return;
      update((live) => ({ ...live, error }));
    }
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
}

/** A row comes again when it has been settled: it takes the place of the first. */
function withRow(rows: readonly RequestRow[], row: RequestRow): RequestRow[] {
  const others = rows.filter((each) => rowKey(each) !== rowKey(row));
  return [row, ...others].slice(0, MOST_LIVE_ROWS);
}
