import type { DeferredAttempts } from '../../calls/attempts/deferred-attempts.service';
import { CALLER } from '../../calls/testing/builders';
import { Clock } from '../../common/clock';
import type { ApiKeyDirectory } from '../../keys/api-key-directory.service';
import type { LineBodies } from '../lines/line-bodies.repository';
import { LineCalls } from '../lines/line-calls.service';
import { BatchPlanner } from './batch-planner.service';
import type { LinePlanner } from './line-planner.service';
import type { PlanRepository, UnplannedBatch } from './plan.repository';

describe('the planner of batches', () => {
  let isAway: boolean;
  const look = jest.fn(async () => []);
  const write = jest.fn(async () => undefined);
  const batch = { id: 'batch_1', teamId: 'team_1', status: 'in_progress' };
  /** Its keys are in the database, and not in memory. */
  const planner = (keyId: string) =>
    new BatchPlanner(
      {
        take: async () => ({ ...batch, keyId }) as UnplannedBatch,
        pages: async function* () {
          yield [];
        },
        write,
      } as Partial<PlanRepository> as PlanRepository,
      { look } as Partial<LinePlanner> as LinePlanner,
      {} as DeferredAttempts,
      new LineCalls(
        {} as LineBodies,
        {
          callerOf: () => undefined,
          lookUpCallerOf: async (id: string) => {
            if (isAway) throw new Error('the database is away');
            return id === 'key_new' ? CALLER : undefined;
          },
        } as Partial<ApiKeyDirectory> as ApiKeyDirectory,
        new Clock(),
      ),
    );

  beforeEach(() => {
    jest.clearAllMocks();
    isAway = false;
  });

  it('B5: plans a batch of a key that another replica has made a moment ago', async () => {
    expect(await planner('key_new').plan('batch_1')).toBe(true);
    expect(look).toHaveBeenCalledWith([], CALLER);
  });

  it('plans nothing for a revoked key: its lines end one by one', async () => {
    expect(await planner('key_revoked').plan('batch_1')).toBe(true);
    expect([look.mock.calls, write.mock.calls.length]).toEqual([[], 1]);
  });

  it('B5: plans a batch later where its key cannot be looked up', async () => {
    isAway = true;
    await expect(planner('key_new').plan('batch_1')).rejects.toThrow('away');
    expect(write).not.toHaveBeenCalled();
  });
});
