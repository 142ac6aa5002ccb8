import type { LineState } from '../database/schema';
import { completionWindowMs, finalStatus } from './batch-state';

const states = (...ended: LineState[]) => new Set(ended);

describe('the states of a batch', () => {
  it('ends as completed, also when every line failed', () => {
    expect(finalStatus('finalizing', states('done', 'failed'))).toBe('completed');
    expect(finalStatus('finalizing', states('failed'))).toBe('completed');
  });

  it('ends as expired when a line was too late', () => {
    expect(finalStatus('finalizing', states('done', 'expired'))).toBe('expired');
  });

  it('ends as cancelled once it was cancelled, whatever its lines came to', () => {
    expect(finalStatus('cancelling', states('done', 'cancelled'))).toBe('cancelled');
    expect(finalStatus('cancelling', states('done'))).toBe('cancelled');
  });

  it('reads windows', () => {
    expect(completionWindowMs('1h')).toBe(3_600_000);
    expect(completionWindowMs('24h')).toBe(86_400_000);
  });
});
