import { FakeClock } from '../../calls/testing/fake-clock';
import { OWN_CREDENTIAL } from '../../providers/provider';
import { aDeployment } from '../../models/testing/a-model';
import { lineWaitMs } from './line-allowance';
import { LinePace } from './line-pace.service';
import { RecentPeak } from './recent-peak';

const headers = (remaining: number, of = 'requests') => ({
  [`x-ratelimit-limit-${of}`]: '100',
  [`x-ratelimit-remaining-${of}`]: String(remaining),
  [`x-ratelimit-reset-${of}`]: '60s',
});

describe('LinePace', () => {
  beforeEach(() => void jest.useFakeTimers());
  afterEach(() => void jest.useRealTimers());

  const setUp = () => {
    const clock = new FakeClock();
    const pace = new LinePace(clock);
    const deployment = aDeployment();
    return {
      clock,
      note: (sent: Record<string, string>) => pace.noteResponse(deployment, OWN_CREDENTIAL, sent),
      start: () => pace.started(deployment, OWN_CREDENTIAL),
      refuse: (askedMs?: number) => pace.refused(deployment, OWN_CREDENTIAL, askedMs),
      waitMs: () => pace.waitMs(deployment, OWN_CREDENTIAL),
    };
  };

  it('lets lines start where no limit is known', () => {
    expect(setUp().waitMs()).toBe(0);
  });

  it('leaves a quarter of the requests of the vendor to live calls', () => {
    const { note, start, waitMs } = setUp();
    note(headers(28));
    const started = Array.from({ length: 10 }, () => {
      if (waitMs() > 0) return false;
      start();
      return true;
    });
    expect(started.filter(Boolean)).toHaveLength(3);
  });

  it('leaves a quarter of the tokens too', () => {
    const { note, waitMs } = setUp();
    note(headers(20, 'tokens'));
    expect(waitMs()).toBeGreaterThan(0);
  });

  it('lets lines start again as the bucket fills up', () => {
    const { note, waitMs } = setUp();
    note(headers(0));
    const first = waitMs();
    expect(first).toBe(15_600);
    jest.advanceTimersByTime(first);
    expect(waitMs()).toBe(0);
  });

  it('waits for the pause that the vendor asks for', () => {
    const { refuse, waitMs } = setUp();
    refuse(5_000);
    expect(waitMs()).toBe(5_000);
    jest.advanceTimersByTime(5_000);
    expect(waitMs()).toBe(0);
  });

  it('A19: waits as long where the clock is set back', () => {
    const { clock, note, refuse, waitMs } = setUp();
    note(headers(0));
    refuse(5_000);
    clock.nowMs -= 3_600_000;
    expect(waitMs()).toBe(15_600);
    jest.advanceTimersByTime(15_600);
    expect(waitMs()).toBe(0);
  });

  it('A19: reads times of the day by the clock', () => {
    const { clock, note, waitMs } = setUp();
    note({
      'anthropic-ratelimit-requests-limit': '100',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': new Date(clock.nowMs + 60_000).toISOString(),
    });
    expect(waitMs()).toBe(15_600);
  });
});

it('a limit of one request does not keep lines away for ever', () => {
  expect(lineWaitMs({ limit: 1, remaining: 1, fullInMs: 0 }, 0, 0)).toBe(0);
});

describe('RecentPeak', () => {
  it('remembers the highest value for half a minute at least, and a minute at most', () => {
    const peak = new RecentPeak();
    peak.add(4, 1_000);
    peak.add(2, 2_000);
    expect([peak.at(29_000), peak.at(31_000), peak.at(61_000)]).toEqual([4, 4, 0]);
  });
});
