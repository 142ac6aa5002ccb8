import { Logger } from '@nestjs/common';
import type { AdminEvents } from '@thriftgate/contracts';
import { EventHub, type EventClient } from './event-hub.service';
import type { EventPage, EventSource, HubEvent, Topic } from './event-source';

type Alert = AdminEvents['alert'];

const alert = (id: string): HubEvent => ({
  topic: 'alerts',
  name: 'alert',
  teamId: null,
  keyId: null,
  data: { id } as Pick<Alert, 'id'> as Alert,
});
const pageOf = (...ids: string[]): EventPage => ({ events: ids.map(alert), cut: false });

class Source implements EventSource {
  readonly calls: string[] = [];
  pages: EventPage[] = [];
  fails = false;

  constructor(readonly topic: Topic) {}

  begin = () => this.did('begin', undefined);
  poll = () => this.did('poll', this.pages.shift() ?? pageOf());
  replay = () => this.did('replay', pageOf('missed'));

  private async did<T>(what: string, result: T): Promise<T> {
    this.calls.push(what);
    if (this.fails) throw new Error('no database');
    return result;
  }
}

class Client implements EventClient {
  readonly topics: ReadonlySet<Topic>;
  readonly got: unknown[] = [];
  readonly ended: string[] = [];
  checks = 0;

  constructor(...topics: Topic[]) {
    this.topics = new Set(topics);
  }
  receive(topic: Topic, { events, cut }: EventPage): void {
    this.got.push(...events.map(({ data }) => (data as Alert).id), ...(cut ? [`${topic} cut`] : []));
  }
  check(): void {
    this.checks += 1;
  }
  end(reason: 'stopping'): void {
    this.ended.push(reason);
  }
}

describe('the hub of events', () => {
  let hub: EventHub;
  let alerts: Source;
  let requests: Source;
  const seconds = (count: number) => jest.advanceTimersByTimeAsync(count * 1_000);

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    jest.useFakeTimers();
    hub = new EventHub();
    [alerts, requests] = [new Source('alerts'), new Source('requests')];
    for (const source of [alerts, requests]) hub.register(source);
  });
  afterEach(async () => {
    await hub.onModuleDestroy();
    jest.useRealTimers();
  });

  it('asks once a second for all streams, and only for topics that a stream has', async () => {
    const [first, second] = [new Client('alerts'), new Client('alerts')];
    await Promise.all([hub.add(first, undefined), hub.add(second, undefined)]);
    alerts.pages = [pageOf('a'), pageOf('b')];
    await seconds(2);
    expect(alerts.calls).toEqual(['begin', 'poll', 'poll']);
    expect(requests.calls).toEqual([]);
    expect([first.got, second.got, first.checks]).toEqual([['a', 'b'], ['a', 'b'], 2]);
  });

  it('asks nothing without streams, and begins anew with the next one', async () => {
    const client = new Client('alerts');
    await hub.add(client, undefined);
    hub.remove(client);
    await seconds(3);
    expect(alerts.calls).toEqual(['begin']);
    expect(jest.getTimerCount()).toBe(0);
    const [other, stays] = [new Client('alerts'), new Client('requests')];
    await Promise.all([hub.add(other, undefined), hub.add(stays, undefined)]);
    hub.remove(other);
    await seconds(2);
    expect(alerts.calls).toEqual(['begin', 'begin']);
    await hub.add(other, undefined);
    expect(alerts.calls.filter((call) => call === 'begin')).toHaveLength(3);
  });

  it('gives a stream that broke off what it missed', async () => {
    const [resumed, fresh] = [new Client('alerts'), new Client('alerts')];
    await hub.add(resumed, new Date(0));
    await hub.add(fresh, undefined);
    expect([resumed.got, fresh.got]).toEqual([['missed'], []]);
  });

  it('goes on when the database is back, and reports that events may be missing', async () => {
    const client = new Client('alerts');
    alerts.fails = true;
    await hub.add(client, new Date(0));
    expect(client.got).toEqual(['alerts cut']);
    await seconds(2);
    alerts.fails = false;
    alerts.pages = [pageOf('a')];
    await seconds(1);
    expect(client.got).toEqual(['alerts cut', 'a']);
  });

  it('reports that events may be missing after longer than sources look back, and not after less', async () => {
    const client = new Client('alerts');
    await hub.add(client, undefined);
    await seconds(1);
    alerts.fails = true;
    await seconds(8);
    alerts.fails = false;
    await seconds(1);
    expect(client.got).toEqual([]);
    alerts.fails = true;
    await seconds(12);
    alerts.fails = false;
    await seconds(2);
    expect(client.got).toEqual(['alerts cut']);
  });

  it('does not begin a topic for a stream that left while another one began', async () => {
    let begun = () => {};
    alerts.begin = () => new Promise<undefined>((resolve) => void (begun = () => resolve(undefined)));
    const client = new Client('alerts', 'requests');
    const added = hub.add(client, undefined);
    hub.remove(client);
    begun();
    await added;
    expect(requests.calls).toEqual([]);
  });

  it('does not ask again before an answer has come', async () => {
    let answer = (_page: EventPage) => {};
    alerts.poll = () => new Promise<EventPage>((resolve) => void (answer = resolve));
    const client = new Client('alerts');
    await hub.add(client, undefined);
    const polls = jest.spyOn(alerts, 'poll');
    await seconds(5);
    expect(polls).toHaveBeenCalledTimes(1);
    expect(client.checks).toBe(5);
    answer(pageOf('late'));
    await seconds(1);
    expect(client.got).toEqual(['late']);
    answer(pageOf());
  });

  it('ends all streams when the process stops, and takes none any more', async () => {
    const [open, late] = [new Client('alerts'), new Client('alerts')];
    await hub.add(open, undefined);
    await hub.onModuleDestroy();
    await hub.add(late, undefined);
    expect([open.ended, late.ended]).toEqual([['stopping'], ['stopping']]);
    expect(jest.getTimerCount()).toBe(0);
  });
});
