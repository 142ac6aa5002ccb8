import type { PastGeneration } from '../../models/generations.repository';
import { marksOf } from './generation-marks';

const day = (number: number) => new Date(Date.UTC(2026, 10, number));
const generation = (model: string, number: number, began: number): PastGeneration => ({
  model,
  generation: number,
  version: `v${number}`,
  reason: 'declared',
  created_at: day(began),
});

/** By model and number, as the repository has them. */
const HISTORY = [generation('gpt-4.1', 2, 3), generation('gpt-4.1', 3, 9), generation('o3', 2, 5)];

describe('the marks of generations', () => {
  const shown = (filter: Parameters<typeof marksOf>[1]) =>
    marksOf(HISTORY, filter).map(({ model, generation: number }) => `${model} ${number}`);

  it('are in order of time, and end where the next of the same model begins', () => {
    expect(marksOf(HISTORY, {})).toEqual([
      expect.objectContaining({ model: 'gpt-4.1', generation: 2, ended_at: day(9).toISOString() }),
      expect.objectContaining({ model: 'o3', generation: 2, ended_at: null }),
      expect.objectContaining({
        model: 'gpt-4.1',
        generation: 3,
        version: 'v3',
        reason: 'declared',
        started_at: day(9).toISOString(),
        ended_at: null,
      }),
    ]);
  });

  it('are those that were in force within the span', () => {
    expect(shown({ from: day(9) })).toEqual(['o3 2', 'gpt-4.1 3']);
    expect(shown({ from: day(8), to: day(9) })).toEqual(['gpt-4.1 2', 'o3 2']);
    expect(shown({ to: day(5) })).toEqual(['gpt-4.1 2']);
    expect(shown({ to: day(3) })).toEqual([]);
  });

  it('are of one model', () => {
    expect(shown({ model: 'gpt-4.1' })).toEqual(['gpt-4.1 2', 'gpt-4.1 3']);
    expect(shown({ model: 'gpt-4.1', from: day(20) })).toEqual(['gpt-4.1 3']);
  });
});
