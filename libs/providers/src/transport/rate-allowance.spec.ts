import { readRateAllowances } from './rate-allowance';

const NOW = Date.UTC(2026, 10, 28, 10);

describe('readRateAllowances', () => {
  it("reads OpenAI's headers, whose resets are durations", () => {
    const headers = {
      'x-ratelimit-limit-requests': '500',
      'x-ratelimit-remaining-requests': '499',
      'x-ratelimit-reset-requests': '120ms',
      'x-ratelimit-limit-tokens': '30000',
      'x-ratelimit-remaining-tokens': '15000',
      'x-ratelimit-reset-tokens': '6m0.5s',
    };
    expect(readRateAllowances(headers, NOW)).toEqual({
      requests: { limit: 500, remaining: 499, fullInMs: 120 },
      tokens: { limit: 30_000, remaining: 15_000, fullInMs: 360_500 },
    });
  });

  it("reads Anthropic's headers, whose resets are times", () => {
    const headers = {
      'anthropic-ratelimit-requests-limit': '50',
      'anthropic-ratelimit-requests-remaining': '0',
      'anthropic-ratelimit-requests-reset': '2026-11-28T10:00:30Z',
    };
    expect(readRateAllowances(headers, NOW)).toEqual({
      requests: { limit: 50, remaining: 0, fullInMs: 30_000 },
      tokens: undefined,
    });
  });

  it.each([
    [{}],
    [{ 'x-ratelimit-limit-requests': '10', 'x-ratelimit-remaining-requests': '5' }],
    [
      {
        'x-ratelimit-limit-requests': 'many',
        'x-ratelimit-remaining-requests': '5',
        'x-ratelimit-reset-requests': '1s',
      },
    ],
    [
      {
        'x-ratelimit-limit-requests': '10',
        'x-ratelimit-remaining-requests': '5',
        'x-ratelimit-reset-requests': 'soon',
      },
    ],
  ])('reads nothing from headers that are incomplete: %j', (headers: Record<string, string>) => {
    expect(readRateAllowances(headers, NOW)).toEqual({ requests: undefined, tokens: undefined });
  });
});
