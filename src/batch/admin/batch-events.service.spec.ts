import type { AdminEvents } from '@thriftgate/contracts';
import { EventHub } from '../../event-hub/event-hub.service';
import type { EventPage } from '../../event-hub/event-source';
import { isFinal } from '../batch-state';
import type { Batch } from '../batches.repository';
import type { AdminBatchesRepository } from './admin-batches.repository';
import { BatchEvents } from './batch-events.service';

const NOW_MS = Date.UTC(2026, 10, 23);
const HOUR_MS = 3_600_000;

const batch = (id: string, members: Partial<Batch> = {}): Batch =>
  ({
    id,
    team_id: 'team_1',
    key_id: 'key_1',
    status: 'in_progress',
    total_lines: 10,
    completed_lines: 0,
    failed_lines: 0,
    cached_lines: 0,
    list_cost_pusd: 0n,
    cost_pusd: 0n,
    saved_pusd: 0n,
    created_at: new Date(NOW_MS - HOUR_MS),
    expires_at: new Date(0),
    ...members,
  }) as Batch;

describe('the events of batches', () => {
  let batches: Batch[];
  let asked: readonly string[];
  let events: BatchEvents;

  beforeEach(async () => {
    [batches, asked] = [[batch('a'), batch('b')], []];
    jest.useFakeTimers({ now: NOW_MS });
    const repository: Pick<AdminBatchesRepository, 'watched' | 'openOrEndedSince'> = {
      watched: (ids, time, limit) => {
        asked = ids;
        const isWatched = (each: Batch) => !isFinal(each.status) || ids.includes(each.id) || each.created_at >= time;
        return Promise.resolve(batches.filter(isWatched).slice(0, limit));
      },
      openOrEndedSince: (time, limit) => {
        const isMissed = ({ completed_at: endedAt }: Batch) => !endedAt || endedAt > time;
        return Promise.resolve(batches.filter(isMissed).slice(0, limit));
      },
    };
    events = new BatchEvents(repository as AdminBatchesRepository, new EventHub());
    await events.begin();
  });
  afterEach(() => jest.useRealTimers());

  const idsIn = ({ events: page }: EventPage) => page.map(({ data }) => (data as AdminEvents['batch']).id);

  it('are changes of counts and status, and new batches', async () => {
    expect(await events.poll()).toEqual({ events: [], cut: false });
    batches = [batch('a'), batch('b', { completed_lines: 3 }), batch('c')];
    const { events: changed } = await events.poll();
    expect(changed).toMatchObject([
      { name: 'batch', teamId: 'team_1', keyId: 'key_1', data: { id: 'b', request_counts: { completed: 3 } } },
      { data: { id: 'c' } },
    ]);
  });

  it('have the end of each, which is asked for by its id until it came', async () => {
    await events.poll();
    expect(asked).toEqual(['a', 'b']);
    batches = [batch('a'), batch('b', { status: 'completed' })];
    expect((await events.poll()).events).toMatchObject([{ data: { id: 'b', status: 'completed' } }]);
    await events.poll();
    expect(asked).toEqual(['a']);
  });

  it('have what began and ended within a second, up to ten seconds after it began', async () => {
    const begun = (id: string, secondsAgo: number) =>
      batch(id, { status: 'failed', created_at: new Date(NOW_MS - secondsAgo * 1_000) });
    batches = [...batches, begun('late', 9), begun('too late', 11)];
    expect(idsIn(await events.poll())).toEqual(['late']);
  });

  it('are sent again where they are open, or ended after a time', async () => {
    const ended = (id: string, secondsAgo: number) =>
      batch(id, { status: 'completed', completed_at: new Date(NOW_MS - secondsAgo * 1_000) });
    batches = [batch('open'), ended('a', 59), ended('old', 61)];
    expect(idsIn(await events.replay(new Date(NOW_MS - 60_000)))).toEqual(['open', 'a']);
  });

  it('are cut where more are open than one page has', async () => {
    batches = Array.from({ length: 1_001 }, (_, index) => batch(`batch-${index}`));
    expect((await events.poll()).cut).toBe(true);
  });
});
