import fc from 'fast-check';
import {
  cancelSimulatedBatch,
  createSimulatedBatch,
  type SimulatedBatch,
  simulatedProgress,
  simulatedResults,
} from './simulated-batches';

const HOUR_MS = 3_600_000;
const line = (id: string, members: object = {}) => ({
  id,
  body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: id }], ...members }),
});
const PACE = { validatingMs: 100, lineMs: 10, cancellingMs: 50 };
const create = (count: number, windowMs = HOUR_MS) =>
  createSimulatedBatch({
    id: 'batch_1',
    lines: Array.from({ length: count }, (_, index) => line(`l${index}`)),
    createdMs: 1_000,
    windowMs,
    pace: PACE,
  });
const stateAt = (batch: SimulatedBatch, nowMs: number) => simulatedProgress(batch, nowMs).state;
const resultsAt = (batch: SimulatedBatch, nowMs: number) => [...simulatedResults(batch, nowMs)];

describe('batches of the simulator', () => {
  it('run by the clock that they are given', () => {
    const batch = create(10);
    expect([1_000, 1_100, 1_199, 1_200].map((nowMs) => stateAt(batch, nowMs))).toEqual([
      'validating',
      'in_progress',
      'in_progress',
      'completed',
    ]);
    expect(simulatedProgress(batch, 1_150).counts).toEqual({ total: 10, completed: 5, failed: 0 });
    expect(simulatedProgress(batch, 9_000)).toMatchObject({ counts: { completed: 10 }, endedMs: 1_200 });
    expect(resultsAt(batch, 1_199)).toEqual([]);
    const [first] = resultsAt(batch, 1_200);
    expect(first).toMatchObject({ id: 'l9', response: { status: 200, body: { object: 'chat.completion' } } });
  });

  it('keep what has run before a cancellation, and name the rest', () => {
    const cancelled = cancelSimulatedBatch(create(10), 1_150);
    expect([stateAt(cancelled, 1_150), stateAt(cancelled, 1_200)]).toEqual(['cancelling', 'cancelled']);
    const results = resultsAt(cancelled, 1_200);
    expect(results.filter(({ response }) => response)).toHaveLength(5);
    expect(results[0]).toMatchObject({ id: 'l9', error: { code: 'batch_cancelled' } });
    expect(cancelSimulatedBatch(cancelled, 1_190)).toBe(cancelled);
    const done = create(10);
    expect(cancelSimulatedBatch(done, 1_200)).toBe(done);
  });

  it('expire at the end of their window', () => {
    const batch = create(10, 150);
    expect([stateAt(batch, 1_149), stateAt(batch, 1_150)]).toEqual(['in_progress', 'expired']);
    expect(resultsAt(batch, 2_000).filter(({ error }) => error?.code === 'batch_expired')).toHaveLength(5);
  });

  it('have errors of single lines', () => {
    const lines = [
      line('good'),
      line('n', { n: 0 }),
      line('stream', { stream: true }),
      line('fails', { mock_status: 503 }),
    ];
    const batch = createSimulatedBatch({ id: 'b', lines, createdMs: 0, windowMs: HOUR_MS, pace: PACE });
    const statuses = resultsAt(batch, HOUR_MS).map(({ id, response }) => [id, response?.status]);
    expect(statuses).toEqual([
      ['fails', 503],
      ['stream', 400],
      ['n', 400],
      ['good', 200],
    ]);
    expect(simulatedProgress(batch, HOUR_MS)).toMatchObject({
      state: 'completed',
      counts: { completed: 1, failed: 3 },
    });
  });

  it('refuse no lines, and an id twice', () => {
    expect(() => create(0)).toThrow('at least one line');
    const twice = { id: 'b', lines: [line('a'), line('a')], createdMs: 0, windowMs: 1 };
    expect(() => createSimulatedBatch(twice)).toThrow('an id of its own');
  });

  it('give each line one result whenever they are cancelled and read, and never go back', () => {
    fc.assert(
      fc.property(
        fc.nat(30),
        fc.nat(500),
        fc.option(fc.nat(500)),
        fc.array(fc.nat(1_000)),
        (more, windowMs, cancel, times) => {
          const created = create(more + 1, windowMs);
          const batch = cancel === null ? created : cancelSimulatedBatch(created, 1_000 + cancel);
          const cancelMs = cancel === null ? 1_000 : 1_000 + cancel;
          let [before, ended] = [0, false];
          for (const nowMs of times.map((ms) => cancelMs + ms).toSorted((a, b) => a - b)) {
            const { counts, endedMs } = simulatedProgress(batch, nowMs);
            expect(counts.completed).toBeGreaterThanOrEqual(before);
            expect(ended && endedMs === undefined).toBe(false);
            const results = resultsAt(batch, nowMs);
            expect(results).toHaveLength(endedMs === undefined ? 0 : more + 1);
            if (endedMs !== undefined)
              expect(results.filter(({ response }) => response)).toHaveLength(counts.completed);
            [before, ended] = [counts.completed, endedMs !== undefined];
          }
        },
      ),
      { numRuns: 60 },
    );
  });
});
