import type { RequestRow } from '@thriftgate/contracts';
import { LiveFeed, type LiveRows, MOST_LIVE_ROWS } from './live-feed';

const mockWatch = jest.fn();
jest.mock('../api/client', () => ({
  api: { admin: { events: { watch: (...query: unknown[]) => mockWatch(...query) } } },
}));

type Event = { event: string; id?: string; data: object };
const request = (id: number, facts: Partial<RequestRow> = {}): Event => ({
  event: 'request',
  id: String(id),
  data: { request_id: `r${id}`, attempt: 1, ...facts },
});
const SIGNED_OUT: Event = { event: 'end', data: { reason: 'signed_out' } };

async function* streamOf(events: readonly Event[]) {
  yield* events;
}

describe('live rows', () => {
  let seen: LiveRows | undefined;
  const feed = () => new LiveFeed({ model: 'a', from: '2026-11-01', sort: '-cost' }, (live) => (seen = live));
  const { signal } = new AbortController();

  beforeEach(() => {
    seen = undefined;
    mockWatch.mockReset();
  });

  it('are the newest first, and a row that comes again takes the place of the first', async () => {
    mockWatch.mockReturnValueOnce(streamOf([request(1), request(2), request(1, { status: 200 }), SIGNED_OUT]));
    await feed().follow(signal);
    expect(seen?.rows.map(({ request_id: id, status }) => [id, status])).toEqual([
      ['r1', 200],
      ['r2', undefined],
    ]);
    expect(mockWatch.mock.calls[0]?.[0]).toEqual({ model: 'a', topics: ['requests'] });
  });

  it('stop when so many rows are there, not when so many events have come', async () => {
    const twice = Array.from({ length: MOST_LIVE_ROWS - 1 }, (_, index) => [request(index), request(index)]).flat();
    mockWatch.mockReturnValueOnce(streamOf([...twice, request(MOST_LIVE_ROWS), request(MOST_LIVE_ROWS + 1)]));
    await feed().follow(signal);
    expect(seen?.rows).toHaveLength(MOST_LIVE_ROWS);
    expect(seen?.rows[0]?.request_id).toBe(`r${MOST_LIVE_ROWS}`);
  });

  it('stay while the tab is hidden, and go on from the last event', async () => {
    mockWatch
      .mockReturnValueOnce(streamOf([request(1), SIGNED_OUT]))
      .mockReturnValueOnce(streamOf([request(2), SIGNED_OUT]));
    const one = feed();
    await one.follow(signal);
    await one.follow(signal);
    expect(seen?.rows.map(({ request_id: id }) => id)).toEqual(['r2', 'r1']);
    expect(mockWatch.mock.calls[1]?.[1]).toMatchObject({ lastEventId: '1' });
  });
});
