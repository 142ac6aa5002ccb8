import type { LogDestination } from '../common/runtime/log-destination';
import type { Database } from '../database/database.connection';
import type { LedgerDrain } from '../ledger/drain/ledger-drain.service';
import type { ProviderRegistry } from '../providers/provider-registry.service';
import type { RedisConnection } from '../redis/redis.connection';
import { Readiness } from './readiness.service';

describe('readiness', () => {
  let nowMs = 0;
  const log = { isFailing: false };
  const isReachable = jest.fn<Promise<boolean>, []>();
  const providers = { simulated: 'none' as ProviderRegistry['simulated'] };
  const ledger: { state: LedgerDrain['state'] } = { state: 'ok' };
  const readiness = (redis: Partial<RedisConnection> = { isConfigured: false, isReady: false }) =>
    new Readiness(
      { isReachable } as Pick<Database, 'isReachable'> as Database,
      redis as RedisConnection,
      providers as Pick<ProviderRegistry, 'simulated'> as ProviderRegistry,
      ledger as LedgerDrain,
      log as LogDestination,
    );
  const started = (redis?: Partial<RedisConnection>) => {
    const result = readiness(redis);
    result.onApplicationBootstrap();
    return result;
  };

  beforeEach(() => {
    jest.spyOn(performance, 'now').mockImplementation(() => nowMs);
    isReachable.mockReset().mockResolvedValue(true);
  });
  afterEach(() => jest.restoreAllMocks());

  it('begins after the start and ends at shutdown', async () => {
    const life = readiness();
    expect(await life.report()).toEqual({ status: 'starting' });
    life.onApplicationBootstrap();
    expect(await life.report()).toEqual({ status: 'ok', database: 'ok', ledger: 'ok' });
    life.onModuleDestroy();
    expect(await life.report()).toEqual({ status: 'draining' });
  });

  it('ends also during a query of the database', async () => {
    const life = started();
    const report = life.report();
    life.drain();
    expect(await report).toEqual({ status: 'draining' });
  });

  it('reports the database, and queries it at most once a second', async () => {
    const life = started();
    await Promise.all([life.report(), life.report()]);
    isReachable.mockResolvedValue(false);
    nowMs += 999;
    expect(await life.report()).toEqual({ status: 'ok', database: 'ok', ledger: 'ok' });
    expect(isReachable).toHaveBeenCalledTimes(1);
    nowMs += 1;
    expect(await life.report()).toEqual({ status: 'ok', database: 'away', ledger: 'ok' });
  });

  it('does not wait for a hanging database', async () => {
    isReachable.mockReturnValue(new Promise(() => undefined));
    expect(await started().report()).toEqual({ status: 'ok', database: 'away', ledger: 'ok' });
  });

  it('A20: fails while the data directory is gone', async () => {
    ledger.state = 'lost';
    expect(await started().report()).toEqual({ status: 'failing', ledger: 'lost' });
    ledger.state = 'ok';
  });

  it.each(['stuck', 'refused'] as const)('says that the ledger is %s, and calls go on', async (state) => {
    ledger.state = state;
    expect(await started().report()).toEqual({ status: 'ok', database: 'ok', ledger: state });
    ledger.state = 'ok';
  });

  it('A15: says that log lines are dropped, and calls go on', async () => {
    log.isFailing = true;
    expect(await started().report()).toEqual({ status: 'ok', database: 'ok', ledger: 'ok', log: 'failing' });
    log.isFailing = false;
  });

  it('reports Redis, and does not need it', async () => {
    expect(await started({ isConfigured: true, isReady: false }).report()).toEqual({
      status: 'ok',
      database: 'ok',
      ledger: 'ok',
      redis: 'away',
    });
    expect(await started({ isConfigured: true, isReady: true }).report()).toEqual({
      status: 'ok',
      database: 'ok',
      ledger: 'ok',
      redis: 'ok',
    });
  });

  it.each([
    ['all', { simulator: 'on' }],
    ['some', { simulator: 'on' }],
    ['none', {}],
  ] as const)('reports a simulator that serves %s of the models', async (part, says) => {
    providers.simulated = part;
    expect(await started().report()).toEqual({ status: 'ok', database: 'ok', ledger: 'ok', ...says });
  });
});
