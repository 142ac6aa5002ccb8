import { admit, type SlidingWindow, WINDOW_MS } from './sliding-window';

const NOW = Date.UTC(2026, 10, 28);

describe('the sliding window', () => {
  it('A19: counts calls from before the clock went back for one more window, and no longer', () => {
    const window: SlidingWindow = [];
    admit(window, NOW + 86_400_000, 2);
    admit(window, NOW + 86_400_000, 2);
    expect(admit(window, NOW, 2)).toMatchObject({ admitted: false, resetMs: WINDOW_MS, retryMs: WINDOW_MS });
    expect(admit(window, NOW + WINDOW_MS, 2)).toMatchObject({ admitted: true, used: 1 });
  });
});
