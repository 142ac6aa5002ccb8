import { Logger } from '@nestjs/common';
import type { Database } from '../database/database.connection';
import type { Alert, NewAlert } from './alert';
import type { AlertsRepository } from './alerts.repository';
import { AlertsService } from './alerts.service';
import type { DeliveryService } from './deliveries/delivery.service';

const alert = (dedupeKey: string): NewAlert<'webhook_test'> => ({
  kind: 'webhook_test',
  severity: 'info',
  dedupeKey,
  teamId: null,
  data: { webhook_id: dedupeKey },
});

describe('raising alerts', () => {
  const stored: string[] = [];
  let failure: Error | undefined;
  let service: AlertsService;
  let close: () => Promise<void>;
  const wake = jest.fn();

  beforeAll(() => Logger.overrideLogger(false));

  beforeEach(() => {
    stored.length = 0;
    failure = undefined;
    wake.mockClear();
    const repository = {
      insert: (id: string, { dedupeKey, ...rest }: NewAlert): Promise<Alert | undefined> => {
        if (failure) return Promise.reject(failure);
        if (dedupeKey.includes('\0')) return Promise.reject(Object.assign(new Error('unsupported'), { code: '22P05' }));
        if (stored.includes(dedupeKey)) return Promise.resolve(undefined);
        stored.push(dedupeKey);
        return Promise.resolve({ id, textEn: '', textKo: '', acknowledged: null, createdAt: new Date(0), ...rest });
      },
    };
    const database = { beforeClose: (closer: () => Promise<void>) => (close = closer) };
    service = new AlertsService(
      repository as unknown as AlertsRepository,
      { wake } as unknown as DeliveryService,
      database as unknown as Database,
    );
    service.onApplicationBootstrap();
  });
  afterEach(() => close());

  it('stores and delivers each once', async () => {
    for (const key of ['a', 'b', 'a']) service.raise(alert(key));
    await close();
    service.raise(alert('a'));
    await close();
    expect(stored).toEqual(['a', 'b']);
    expect(wake).toHaveBeenCalledTimes(2);
  });

  it('does not deliver an alert that another process stored', async () => {
    stored.push('a');
    service.raise(alert('a'));
    await close();
    expect(wake).not.toHaveBeenCalled();
  });

  it('keeps alerts in memory while the database is away', async () => {
    failure = new Error('Connection terminated unexpectedly');
    service.raise(alert('a'));
    service.raise(alert('b'));
    await close();
    failure = undefined;
    await close();
    expect(stored).toEqual(['a', 'b']);
  });

  it('keeps at most a thousand in memory', async () => {
    failure = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    for (let index = 0; index < 1100; index += 1) service.raise(alert(String(index)));
    await close();
    failure = undefined;
    await close();
    expect(stored).toHaveLength(1000);
  });

  it('continues after an alert that the database refuses', async () => {
    service.raise(alert('a\0'));
    service.raise(alert('b'));
    await close();
    expect(stored).toEqual(['b']);
  });
});
