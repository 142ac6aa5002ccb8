import type { RequestsQuery } from '@thriftgate/sdk';
import { useEffect, useState } from 'react';
import { LiveFeed, type LiveRows, NO_LIVE_ROWS } from './live-feed';

/**
 * New rows of the filter, as they happen, while `isOn` and the tab is seen. It stops at 500 rows.
 *
 * @param query keep it the same object while nothing changes; its period does not count
 */
export function useLiveRows(query: RequestsQuery, isOn: boolean): LiveRows {
  const [live, setLive] = useState(NO_LIVE_ROWS);
  useEffect(() => {
    setLive(NO_LIVE_ROWS);
    if (!isOn) return undefined;
    const feed = new LiveFeed(query, setLive);
    let stop = new AbortController();
    const start = () => {
      stop = new AbortController();
      void feed.follow(stop.signal);
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
