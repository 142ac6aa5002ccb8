import { EventHub } from '../../event-hub/event-hub.service';
import type { Batch } from '../batches.repository';
import type { AdminBatchesRepository } from './admin-batches.repository';
import { BatchEvents } from './batch-events.service';

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
    expires_at: new Date(0),
    ...members,
  }) as Batch;

describe('the events of batches', () => {
  let batches: Batch[];
  let asked: readonly string[];
  let events: BatchEvents;

  beforeEach(async () => {
    [batches, asked] = [[batch('a'), batch('b')], []];
    const repository: Pick<AdminBatchesRepository, 'watched'> = {
      watched: (ids, _time, limit) => {
        asked = ids;
        return Promise.resolve(batches.slice(0, limit));
      },
    };
    events = new BatchEvents(repository as AdminBatchesRepository, new EventHub());
    await events.begin();
  });

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

  it('are cut where more are open than one page has', async () => {
    batches = Array.from({ length: 1_001 }, (_, index) => batch(`batch-${index}`));
    expect((await events.poll()).cut).toBe(true);
  });
});
