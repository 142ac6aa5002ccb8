import {
  changeOf,
  formatBytes,
  formatChange,
  formatCompact,
  formatCount,
  formatLatency,
  formatPercent,
} from './counts';

describe('counts', () => {
  it('has all digits', () => {
    expect(formatCount(211_004, 'ko')).toBe('211,004');
    expect(formatCount('9007199254740993', 'en')).toBe('9,007,199,254,740,993');
  });

  it('is compact as each language has it', () => {
    expect(formatCompact(83_500_000, 'en')).toBe('83.5M');
    expect(formatCompact(83_500_000, 'ko')).toBe('8,350만');
    expect(formatCompact(8211, 'ko')).toBe('8,211');
    expect(formatCompact(812, 'en')).toBe('812');
  });
});

describe('percentages', () => {
  it.each([
    [0.602, '60.2%'],
    [0, '0%'],
    [1, '100%'],
    [0.0001, '<0.1%'],
    [0.99997, '>99.9%'],
    [1.2, '120%'],
  ])('%d is %s', (ratio, text) => expect(formatPercent(ratio, 'ko')).toBe(text));

  it('has more decimals where they are asked for', () => {
    expect(formatPercent(0.99972, 'ko', 2)).toBe('99.97%');
  });
});

describe('bytes and latency', () => {
  it.each([
    [41_000_000, '41 MB'],
    [1500, '1.5 kB'],
    [999_600, '1 MB'],
    [0, '0 B'],
  ])('%d bytes are %s', (bytes, text) => expect(formatBytes(bytes, 'en')).toBe(text));

  it.each([
    [0.9, '0.9 ms', '0.9ms'],
    [812.4, '812 ms', '812ms'],
    [999.6, '1 s', '1초'],
    [1900, '1.9 s', '1.9초'],
    [72_000, '72 s', '72초'],
    [180_000, '3 min', '3분'],
  ])('%d ms is %s', (ms, en, ko) => {
    expect(formatLatency(ms, 'en')).toBe(en);
    expect(formatLatency(ms, 'ko')).toBe(ko);
  });
});

describe('changes', () => {
  it('has a direction and a ratio', () => {
    expect(formatChange(changeOf('1031', '1000'), 'ko')).toBe('▲ 3.1%');
    expect(formatChange(changeOf('96', '100'), 'ko')).toBe('▼ 4%');
    expect(formatChange(changeOf('1.0', '1'), 'ko')).toBe('0%');
  });

  it('has no ratio of nothing', () => {
    expect(changeOf('5', '0')).toEqual({ direction: 'up', ratio: undefined });
    expect(formatChange(changeOf('5', '0'), 'ko')).toBe('▲');
  });
});
