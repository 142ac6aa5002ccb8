import type { LineState } from '../database/schema';
import { completionWindowMs, finalStatus } from './batch-state';

const states = (...ended: LineState[]) => new Set(ended);

describe('batch states', () => {
  it('end in completed, also when every line failed', () => {
    expect(finalStatus('finalizing', states('done', 'failed'))).toBe('completed');
    expect(finalStatus('finalizing', states('failed'))).toBe('completed');
  });

  it('end in expired when a line expired', () => {
    expect(finalStatus('finalizing', states('done', 'expired'))).toBe('expired');
  });

  it('end in cancelled after a cancellation, in whatever states the lines are', () => {
    expect(finalStatus('cancelling', states('done', 'cancelled'))).toBe('cancelled');
    expect(finalStatus('cancelling', states('done'))).toBe('cancelled');
  });

  it('reads windows', () => {
    expect(completionWindowMs('1h')).toBe(3_600_000);
    expect(completionWindowMs('24h')).toBe(86_400_000);
  });
});
