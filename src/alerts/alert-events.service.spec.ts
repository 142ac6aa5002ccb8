import type { AdminEvents } from '@thriftgate/contracts';
import { EventHub } from '../event-hub/event-hub.service';
import type { EventPage } from '../event-hub/event-source';
import type { Alert } from './alert';
import { AlertEvents } from './alert-events.service';
import type { AlertsRepository } from './alerts.repository';

const NOW_MS = Date.UTC(2026, 10, 23);

const alert = (id: string, secondsAgo = 0): Alert => ({
  id,
  kind: 'provider_failing',
  severity: 'warning',
  teamId: 'team_1',
  data: {} as Alert['data'],
  textEn: '',
  textKo: '',
  acknowledged: null,
  createdAt: new Date(NOW_MS - secondsAgo * 1_000),
});

describe('the events of alerts', () => {
  let recent: Alert[];
  let events: AlertEvents;

  beforeEach(async () => {
    jest.useFakeTimers({ now: NOW_MS });
    recent = [alert('before')];
    const repository: Pick<AlertsRepository, 'since'> = {
      since: (time, limit) => Promise.resolve(recent.filter(({ createdAt }) => createdAt >= time).slice(-limit)),
    };
    events = new AlertEvents(repository as AlertsRepository, new EventHub());
    await events.begin();
  });
  afterEach(() => jest.useRealTimers());

  const idsIn = ({ events: page }: EventPage) => page.map(({ data }) => (data as AdminEvents['alert']).id);

  it('are alerts that came since, each once', async () => {
    expect(await events.poll()).toEqual({ events: [], cut: false });
    recent = [...recent, alert('a'), alert('b')];
    expect((await events.poll()).events).toMatchObject([
      { name: 'alert', teamId: 'team_1', data: { id: 'a' } },
      { data: { id: 'b' } },
    ]);
    expect(await events.poll()).toEqual({ events: [], cut: false });
  });

  it('are found up to ten seconds after they were made', async () => {
    recent = [...recent, alert('too late', 11), alert('late', 9)];
    expect(idsIn(await events.poll())).toEqual(['late']);
  });

  it('are sent again from a time on', async () => {
    recent = [alert('old', 61), alert('a', 59), alert('b', 1)];
    expect(idsIn(await events.replay(new Date(NOW_MS - 60_000)))).toEqual(['a', 'b']);
  });

  it('are cut only where more came than one page has', async () => {
    recent = Array.from({ length: 300 }, (_, index) => alert(`alert-${index}`));
    expect((await events.poll()).cut).toBe(true);
    expect(await events.poll()).toEqual({ events: [], cut: false });
    recent = [...recent, alert('one more')];
    expect(await events.poll()).toMatchObject({ events: [{ data: { id: 'one more' } }], cut: false });
  });
});
