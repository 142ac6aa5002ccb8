import { isTyping, PAGE_LETTERS } from './shortcuts';

const key = (event: object) =>
  isTyping({ isComposing: false, ctrlKey: false, metaKey: false, altKey: false, target: null, ...event });

describe('shortcuts of single letters', () => {
  it('are letters outside of fields, without modifiers, while no input method composes', () => {
    expect(key({})).toBe(false);
    expect(key({ target: { tagName: 'TD' } as Partial<HTMLElement> })).toBe(false);
    for (const event of [{ isComposing: true }, { ctrlKey: true }, { metaKey: true }, { altKey: true }])
      expect(key(event)).toBe(true);
    for (const tagName of ['INPUT', 'TEXTAREA', 'SELECT']) expect(key({ target: { tagName } })).toBe(true);
    expect(key({ target: { tagName: 'DIV', isContentEditable: true } })).toBe(true);
  });

  it('lead to one page each', () => {
    const letters = Object.values(PAGE_LETTERS);
    expect(new Set(letters).size).toBe(letters.length);
  });
});
