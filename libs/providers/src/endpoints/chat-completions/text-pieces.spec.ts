import * as fc from 'fast-check';
import { piecesOfText } from './text-pieces';

const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' });
const text = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('한국어 문장', '한글', '각', '👩‍👩‍👧‍👦', '🇰🇷🇯🇵🇺🇸', 'é', '\r\n', ' ́', '\ud83d', '\udc00', '👍🏽', 'क्षि'),
      fc.lorem(),
    ),
    { maxLength: 30 },
  )
  .map((parts) => parts.join(''));

describe('piecesOfText', () => {
  it('cuts any text between graphemes, into pieces of at most the given length that join to it', () => {
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 80 }), (whole, length) => {
        const pieces = [...piecesOfText(whole, length)];
        expect(pieces.join('')).toBe(whole);
        const ends = new Set(Array.from(segmenter.segment(whole), ({ index, segment }) => index + segment.length));
        let at = 0;
        for (const piece of pieces) {
          at += piece.length;
          expect(ends).toContain(at);
          expect(piece.length <= length || [...segmenter.segment(piece)].length === 1).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('cuts before words', () => {
    expect([...piecesOfText('the quick brown fox jumps over', 12)]).toEqual(['the quick', ' brown fox', ' jumps over']);
    expect([...piecesOfText('캐시는 같은 질문에 다시 돈을 내지 않습니다', 8)]).toEqual([
      '캐시는 같은',
      ' 질문에 다시',
      ' 돈을 내지',
      ' 않습니다',
    ]);
  });

  it('cuts an extremely long grapheme, between whole characters', () => {
    const zalgo = `${'e'.padEnd(1_000, '\u0301')}${'👨‍'.repeat(500)}`;
    const pieces = [...piecesOfText(zalgo, 10)];
    expect(pieces.join('')).toBe(zalgo);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(100);
    expect(pieces.every((piece) => piece.isWellFormed())).toBe(true);
  });

  it('returns no pieces for an empty text', () => expect([...piecesOfText('', 5)]).toEqual([]));
});
