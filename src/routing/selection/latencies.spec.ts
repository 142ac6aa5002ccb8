import { Latencies } from './latencies';

describe('decayed averages of latencies', () => {
  it('follow new samples, by deployment and kind of call', () => {
    const latencies = new Latencies();
    latencies.add('a', false, 1_000, 0);
    expect(latencies.of('a', false, 0)).toBe(1_000);
    latencies.add('a', false, 500, 0);
    expect(latencies.of('a', false, 0)).toBe(900);
    expect([latencies.of('a', true, 0), latencies.of('b', false, 0)]).toEqual([0, 0]);
  });

  it('halve each 30 seconds, so that a deployment that was slow is tried again', () => {
    const latencies = new Latencies();
    latencies.add('slow', true, 8_000, 0);
    latencies.add('fast', true, 1_000, 90_000);
    expect(latencies.of('slow', true, 89_999)).toBeGreaterThan(1_000);
    expect(latencies.of('slow', true, 90_001)).toBeLessThan(1_000);
  });
});
