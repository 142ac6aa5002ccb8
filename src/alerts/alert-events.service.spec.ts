import { EventHub } from '../event-hub/event-hub.service';
import type { Alert } from './alert';
import { AlertEvents } from './alert-events.service';
import type { AlertsRepository } from './alerts.repository';

const alert = (id: string): Alert => ({
  id,
  kind: 'provider_failing',
  severity: 'warning',
  teamId: 'team_1',
  data: {} as Alert['data'],
  textEn: '',
  textKo: '',
  acknowledged: null,
  createdAt: new Date(0),
});

describe('the events of alerts', () => {
  let recent: Alert[];
  let events: AlertEvents;

  beforeEach(async () => {
    recent = [alert('before')];
    const repository: Pick<AlertsRepository, 'since'> = {
      since: (_time, limit) => Promise.resolve(recent.slice(-limit)),
    };
    events = new AlertEvents(repository as AlertsRepository, new EventHub());
    await events.begin();
  });

  it('are alerts that came since, each once', async () => {
    expect(await events.poll()).toEqual({ events: [], cut: false });
    recent = [...recent, alert('a'), alert('b')];
    expect((await events.poll()).events).toMatchObject([{ name: 'alert', teamId: 'team_1', data: { id: 'a' } }, {}]);
    expect(await events.poll()).toEqual({ events: [], cut: false });
  });

  it('are cut only where more came than one page has', async () => {
    recent = Array.from({ length: 300 }, (_, index) => alert(`alert-${index}`));
    expect((await events.poll()).cut).toBe(true);
    expect(await events.poll()).toEqual({ events: [], cut: false });
    recent = [...recent, alert('one more')];
    expect(await events.poll()).toMatchObject({ events: [{ data: { id: 'one more' } }], cut: false });
  });
});
