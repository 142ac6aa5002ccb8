import { formatDuration } from './openai-duration';

describe('formatDuration', () => {
  it.each([
    [0, '0ms'],
    [120, '120ms'],
    [999.2, '1s'],
    [1_000, '1s'],
    [59_500, '59.5s'],
    [60_000, '1m0s'],
    [72_345, '1m12.345s'],
    [360_000, '6m0s'],
  ])('%d ms is %s', (ms, text) => expect(formatDuration(ms)).toBe(text));
});
