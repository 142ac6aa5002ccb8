import { GatewayError } from '../common/errors';
import type { Database } from '../database/database.connection';
import { FailedRequests } from '../http/failed-requests.service';
import type { ModelRegistry } from '../models/model-registry.service';
import type { RefusedCallsRepository, RefusedCount } from './refused-calls.repository';
import { RefusedCalls } from './refused-calls.service';

const CALLER = { teamId: 'team_1', keyId: 'key_1' };

describe('refused calls', () => {
  const written: RefusedCount[][] = [];
  const add = jest.fn<Promise<void>, [RefusedCount[]]>();
  let nowMs = Date.parse('2026-11-23T09:14:00Z');
  const refused = new RefusedCalls(
    { add } as Partial<RefusedCallsRepository> as RefusedCallsRepository,
    { resolve: (name: string) => (name === 'm' ? { name } : undefined) } as Partial<ModelRegistry> as ModelRegistry,
    {} as Database,
    { now: () => nowMs },
    new FailedRequests(),
  );

  beforeEach(() => {
    written.length = 0;
    add.mockReset().mockImplementation(async (counts) => void written.push(structuredClone(counts)));
  });

  it('N4: are counted by key, model, reason and quarter of an hour', async () => {
    const limited = new GatewayError('rate_limit_exceeded');
    refused.count(CALLER, 'm', limited);
    refused.count(CALLER, 'm', limited);
    refused.count(CALLER, 'unheard-of', new GatewayError('model_not_found'));
    refused.count(CALLER, 'never-heard-of', new GatewayError('model_not_found'));
    nowMs += 60_000;
    refused.count(CALLER, 'm', limited);
    await refused.flush();
    const of = { teamId: 'team_1', keyId: 'key_1' };
    expect(written).toEqual([
      [
        {
          ...of,
          period: '2026-11-23T09:00:00.000Z',
          model: 'm',
          errorCode: 'rate_limit_exceeded',
          status: 429,
          calls: 2,
        },
        { ...of, period: '2026-11-23T09:00:00.000Z', model: '', errorCode: 'model_not_found', status: 404, calls: 2 },
        {
          ...of,
          period: '2026-11-23T09:15:00.000Z',
          model: 'm',
          errorCode: 'rate_limit_exceeded',
          status: 429,
          calls: 1,
        },
      ],
    ]);
    await refused.flush();
    expect(written).toHaveLength(1);
  });

  it('N4: are only those whose upstream was not asked', async () => {
    refused.count(CALLER, 'm', new GatewayError('upstream_error'));
    refused.count(CALLER, 'm', new GatewayError('internal_error'));
    refused.count(CALLER, 'm', new GatewayError('unavailable', { facts: { attempts: 1 } }));
    await refused.flush();
    expect(written).toEqual([]);
  });

  it('N4: are written later while the database is away', async () => {
    add.mockRejectedValueOnce(new Error('away'));
    refused.count(CALLER, 'm', new GatewayError('budget_exceeded'));
    await refused.flush();
    refused.count(CALLER, 'm', new GatewayError('budget_exceeded'));
    await refused.flush();
    expect(written).toMatchObject([[{ errorCode: 'budget_exceeded', calls: 2 }]]);
  });
});
