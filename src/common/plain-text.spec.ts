import { plainText } from './plain-text';

describe('plainText', () => {
  it('has a space in place of control characters, and U+FFFD in place of half a character', () => {
    expect(plainText('a\u0000\r\nb\u0085c\ud83d')).toBe('a b c\ufffd');
  });

  it('is cut to a length, also in the middle of a character', () => {
    expect(plainText('한글 😀', 4)).toBe('한글 \ufffd');
    expect(plainText('x'.repeat(10_000))).toHaveLength(10_000);
  });
});
