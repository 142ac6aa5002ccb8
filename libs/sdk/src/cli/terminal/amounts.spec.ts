import { MESSAGES } from '../text/language';
import { Amounts } from './amounts';
import { EndEstimate, progressText } from './progress-text';
import { pairs, table } from './table';

const english = new Amounts(MESSAGES.en);
const korean = new Amounts(MESSAGES.ko);

describe('amounts', () => {
  it('are exact dollars, and the part that is saved', () => {
    expect(english.usd('0.000218')).toBe('$0.000218');
    expect(english.usd('-1.5')).toBe('-$1.5');
    expect(english.saving('0.006', '0.0096')).toBe('$0.006 (62.5%)');
    expect(english.saving('0', '0')).toBe('$0');
  });

  it('are durations in their largest unit', () => {
    expect([0.2, 59, 90, 7_300].map((seconds) => english.duration(seconds))).toEqual([
      '1 second',
      '59 seconds',
      '2 minutes',
      '2 hours',
    ]);
    expect(korean.duration(120)).toBe('2분');
    expect(korean.count(50_000)).toBe('50,000');
  });
});

describe('tables', () => {
  it('are as wide as their letters, of which Korean ones take two columns', () => {
    const columns = [{ title: '모델' }, { title: '줄', side: 'right' }] as const;
    expect(
      table(columns, [
        ['gpt', '7'],
        ['모델이름', '1,000'],
      ]),
    ).toBe('모델         줄\ngpt           7\n모델이름  1,000');
  });

  it('leave out pairs without a value', () => {
    expect(
      pairs([
        ['줄', '7'],
        ['status', undefined],
        ['cost', '$1'],
      ]),
    ).toBe('  줄    7\n  cost  $1');
  });
});

describe('progress', () => {
  const text = (completed: number, failed: number, left?: number) =>
    progressText({ total: 1_000, completed, failed }, left, MESSAGES.en, english);

  it('is a bar with counts', () => {
    expect(text(0, 0)).toBe('[░░░░░░░░░░░░░░░░░░░░] 0%  0/1,000');
    expect(text(440, 10, 300)).toBe('[█████████░░░░░░░░░░░] 45%  450/1,000 · 10 failed · about 5 minutes left');
    expect(text(1_000, 0)).toBe('[████████████████████] 100%  1,000/1,000');
    expect(progressText({ total: 0, completed: 0, failed: 0 }, undefined, MESSAGES.en, english)).toContain('0/0');
  });

  it('estimates the end from the lines that ended, before that from the quote', () => {
    let nowMs = 1_000_000;
    const estimate = new EndEstimate(nowMs / 1000 + 600, () => nowMs);
    const left = (completed: number) => estimate.left({ total: 100, completed, failed: 0 });
    expect(left(0)).toBe(600);
    nowMs += 10_000;
    expect(left(0)).toBe(590);
    expect(left(20)).toBe(40);
    expect(new EndEstimate(undefined).left({ total: 100, completed: 0, failed: 0 })).toBeUndefined();
  });
});
