import { Logger } from '@nestjs/common';
import type { ProviderError } from '@thriftgate/providers';
import { Clock } from '../../common/clock';
import type { Database } from '../../database/database.connection';
import { readLatencies } from '../../ledger/sums/latency';
import { DeploymentCounts } from './deployment-counts.service';
import type { DeploymentHealthRepository, LastError, MinuteCounts } from './deployment-health.repository';

const START_MS = Date.parse('2026-11-23T09:00:30Z');

const errorOf = (members: Partial<ProviderError> = {}): ProviderError => ({
  status: 500,
  type: 'server_error',
  code: null,
  param: null,
  message: 'It failed.',
  retryable: true,
  elsewhere: true,
  retryAfterMs: undefined,
  ...members,
});
const failureOf = (members: Partial<ProviderError> = {}) => ({
  error: errorOf(members),
  status: members.status ?? 500,
  requestId: '01K',
});

describe('the counts of attempts', () => {
  let nowMs: number;
  let works: boolean;
  let added: MinuteCounts[];
  let errors: LastError[];
  let deletions: number;
  let repository: Pick<DeploymentHealthRepository, 'add' | 'putErrors' | 'deleteOutdated'>;
  let counts: DeploymentCounts;

  const did = async <T>(work: () => T): Promise<T> => {
    if (!works) throw new Error('no database');
    return work();
  };

  beforeAll(() => Logger.overrideLogger(false));
  beforeEach(() => {
    [nowMs, works, added, errors, deletions] = [START_MS, true, [], [], 0];
    repository = {
      add: (rows) => did(() => void added.push(...rows)),
      putErrors: (rows) => did(() => void errors.push(...rows)),
      deleteOutdated: () => did(() => void (deletions += 1)),
    };
    const clock = Object.assign(new Clock(), { now: () => nowMs });
    counts = new DeploymentCounts(repository as DeploymentHealthRepository, {} as Database, clock);
  });

  it('are by deployment and minute, with latencies', async () => {
    counts.answered('a/x', 100);
    counts.answered('a/x', 100);
    counts.failed('a/x', failureOf());
    counts.answered('a/y', 5);
    nowMs += 60_000;
    counts.answered('a/x', 5);
    await counts.flush();
    const shown = added.map(({ minute, deployment, attempts, failures }) => [minute, deployment, attempts, failures]);
    expect(shown).toEqual([
      ['2026-11-23T09:00:00.000Z', 'a/x', 3, 1],
      ['2026-11-23T09:00:00.000Z', 'a/y', 1, 0],
      ['2026-11-23T09:01:00.000Z', 'a/x', 1, 0],
    ]);
    expect(readLatencies(added[0]?.latency ?? '').reduce((sum, count) => sum + count, 0)).toBe(2);
    await counts.flush();
    expect(added).toHaveLength(3);
  });

  it('have rate limits apart, and no faults of callers', async () => {
    counts.failed('a/x', failureOf({ status: 429 }));
    counts.failed('a/x', failureOf({ status: 400, retryable: false }));
    await counts.flush();
    expect(added).toMatchObject([{ attempts: 1, failures: 1, rateLimited: 1 }]);
  });

  it('have a stream that broke off once as an attempt and once as a failure', async () => {
    counts.answered('a/x', 10);
    counts.brokeOff('a/x', failureOf());
    counts.brokeOff('a/x', failureOf({ status: 400, retryable: false }));
    await counts.flush();
    expect(added).toMatchObject([{ attempts: 1, failures: 1 }]);
  });

  it('have the last error of each deployment, short and without control characters', async () => {
    counts.failed('a/x', failureOf({ message: 'first' }));
    counts.failed('a/x', failureOf({ code: 'bad\u0000code', message: `a\u0000\nb${'x'.repeat(1_000)}` }));
    await counts.flush();
    expect(errors).toEqual([
      {
        deployment: 'a/x',
        code: 'bad code',
        status: 500,
        message: expect.stringMatching(/^a bx{296}$/),
        requestId: '01K',
        at: new Date(START_MS).toISOString(),
      },
    ]);
  });

  it('stay until the database takes them, with what comes meanwhile', async () => {
    counts.answered('a/x', 100);
    counts.failed('a/x', failureOf({ message: 'first' }));
    works = false;
    await counts.flush();
    counts.answered('a/x', 100);
    counts.failed('a/y', failureOf({ message: 'second' }));
    works = true;
    await counts.flush();
    expect(added).toMatchObject([
      { deployment: 'a/x', attempts: 3, failures: 1 },
      { deployment: 'a/y', attempts: 1 },
    ]);
    expect(errors).toMatchObject([{ message: 'first' }, { message: 'second' }]);
  });

  it('are kept for a day at most while the database is away', async () => {
    works = false;
    counts.answered('a/x', 100);
    await counts.flush();
    nowMs += 86_400_000;
    counts.answered('a/x', 5);
    await counts.flush();
    works = true;
    await counts.flush();
    expect(added).toMatchObject([{ minute: '2026-11-24T09:00:00.000Z', attempts: 1 }]);
  });

  it('are not written twice where only the errors could not be', async () => {
    counts.failed('a/x', failureOf());
    const putErrors = jest.spyOn(repository, 'putErrors').mockRejectedValueOnce(new Error('no database'));
    await counts.flush();
    await counts.flush();
    expect(putErrors).toHaveBeenCalledTimes(2);
    expect([added.length, errors.length]).toEqual([1, 1]);
  });

  it('are deleted once an hour where they are old', async () => {
    await counts.flush();
    await counts.flush();
    expect(deletions).toBe(1);
    nowMs += 3_600_000;
    await counts.flush();
    expect(deletions).toBe(2);
  });
});
