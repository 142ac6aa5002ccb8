import type { AdminEvents } from '@thriftgate/contracts';
import { EventHub } from '../../event-hub/event-hub.service';
import type { EventPage } from '../../event-hub/event-source';
import type { LedgerDrain } from '../../ledger/drain/ledger-drain.service';
import type { TeamAndKeyNames } from '../reports/team-and-key-names.service';
import { RequestEvents } from './request-events.service';
import type { LedgerRow, RequestsRepository, RowKey } from './requests.repository';

const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;
const key = (request_id: string, state: RowKey['state'] = 'settled', attempt = 1): RowKey => ({
  request_id,
  attempt,
  state,
});
const rowOf = ({ request_id, attempt }: Pick<RowKey, 'request_id' | 'attempt'>): LedgerRow => {
  const row: Partial<LedgerRow> = {
    request_id,
    attempt,
    state: 'settled',
    team_id: 'team_1',
    key_id: 'key_1',
    corrects: attempt < 0 ? 1 : null,
    list_cost_pusd: 0n,
    cost_pusd: 0n,
    saved_pusd: 0n,
    created_at: new Date(0),
    tags: null,
  };
  return row as LedgerRow;
};

describe('the events of calls', () => {
  let events: RequestEvents;
  /** The rows of the last two minutes, and those of calls that are older. */
  let recent: RowKey[];
  let older: RowKey[];
  /** Rows with when they ended, in milliseconds since 1970. */
  let ended: { row: RowKey; atMs: number }[];
  let asked: readonly string[];
  let askedFrom: Date;

  beforeEach(async () => {
    jest.useFakeTimers({ now: Date.UTC(2026, 10, 23) });
    [recent, older, ended, asked] = [[key('before')], [], [], []];
    const repository: Pick<RequestsRepository, 'rowKeys' | 'withKeys' | 'endedSince'> = {
      rowKeys: (after, _limit, ids) => {
        [asked, askedFrom] = [ids, after];
        return Promise.resolve([...recent, ...older.filter(({ request_id: id }) => ids.includes(id))]);
      },
      withKeys: (keys) => Promise.resolve(keys.map(rowOf)),
      endedSince: (since, limit) => {
        const rows = ended.filter(({ atMs }) => atMs >= since.getTime()).map(({ row }) => row);
        return Promise.resolve(rows.slice(0, limit));
      },
    };
    events = new RequestEvents(
      repository as RequestsRepository,
      {
        ofRows: () => Promise.resolve({ teams: new Map(), keys: new Map() }),
      } as Pick<TeamAndKeyNames, 'ofRows'> as TeamAndKeyNames,
      { flush: () => Promise.resolve() } as LedgerDrain,
      new EventHub(),
    );
    await events.begin();
  });
  afterEach(() => jest.useRealTimers());

  const idsIn = ({ events: page }: EventPage) =>
    page.map(({ data }) => {
      const { request_id: id, attempt } = data as AdminEvents['request'];
      return attempt === 1 ? id : `${id} ${attempt}`;
    });
  const idsOf = async () => idsIn(await events.poll());
  const wait = (ms: number) => jest.setSystemTime(Date.now() + ms);

  it('are rows that have ended since, each once', async () => {
    recent.push(key('a'), key('b', 'dispatched'));
    expect(await idsOf()).toEqual(['a']);
    expect(askedFrom).toEqual(new Date(Date.now() - 2 * MINUTE_MS));
    expect(await idsOf()).toEqual([]);
    recent = [key('before'), key('a'), key('b', 'failed'), key('b', 'settled', 2)];
    expect(await idsOf()).toEqual(['b', 'b 2']);
    expect(await idsOf()).toEqual([]);
  });

  it('have no corrections', async () => {
    recent.push(key('a'), key('a', 'settled', -1));
    expect(await idsOf()).toEqual(['a']);
  });

  it('have the end of a call that runs for long, and nothing of it twice', async () => {
    recent.push(key('a', 'failed'), key('a', 'dispatched', 2));
    expect(await idsOf()).toEqual(['a']);
    [recent, older] = [[], [key('a', 'failed'), key('a', 'dispatched', 2)]];
    for (let minute = 0; minute < 10; minute += 1) {
      wait(MINUTE_MS / 2);
      expect(await idsOf()).toEqual([]);
    }
    older = [key('a', 'failed'), key('a', 'settled', 2)];
    expect(await idsOf()).toEqual(['a 2']);
    wait(MINUTE_MS / 2);
    expect(await idsOf()).toEqual([]);
  });

  it('have long calls also after many others have ended', async () => {
    for (let call = 0; call < 1_500; call += 1) {
      recent = [key(`call-${call}`, 'dispatched')];
      await events.poll();
      wait(SECOND_MS);
    }
    expect(asked.length).toBeLessThan(100);
    recent = [key('long', 'dispatched')];
    await events.poll();
    [recent, older] = [[], [key('long')]];
    expect(await idsOf()).toEqual(['long']);
  });

  it('are cut where more calls run than are followed', async () => {
    recent = Array.from({ length: 500 }, (_, index) => key(`call-${index}`, 'dispatched'));
    expect((await events.poll()).cut).toBe(false);
    recent.push(key('one-more', 'dispatched'));
    expect((await events.poll()).cut).toBe(true);
  });

  it('of many calls at once are cut, and say so', async () => {
    recent = Array.from({ length: 1_001 }, (_, index) => key(`call-${index}`));
    const { events: page, cut } = await events.poll();
    expect([page.length, cut]).toEqual([1_000, true]);
    expect((await events.poll()).cut).toBe(false);
    ended = recent.map((row) => ({ row, atMs: Date.now() }));
    const replay = await events.replay(new Date());
    expect([replay.events.length, replay.cut]).toEqual([1_000, true]);
  });

  it('are sent again from a time on', async () => {
    const nowMs = Date.now();
    ended = [
      { row: key('a'), atMs: nowMs - SECOND_MS },
      { row: key('old'), atMs: nowMs - MINUTE_MS - SECOND_MS },
    ];
    const replay = await events.replay(new Date(nowMs - MINUTE_MS));
    expect([idsIn(replay), replay.cut]).toEqual([['a'], false]);
  });
});
