import { languageOf, storedLanguage, storeLanguage } from './language';

describe('the language of a device', () => {
  const values = new Map<string, string>();
  const browser = {
    localStorage: {
      getItem: (name: string) => values.get(name) ?? null,
      setItem: (name: string, value: string) => values.set(name, value),
      removeItem: (name: string) => values.delete(name),
    },
    navigator: { languages: ['ko-KR', 'en'] },
  };

  beforeAll(() => {
    for (const [name, value] of Object.entries(browser))
      Object.defineProperty(globalThis, name, { value, configurable: true });
  });

  it('is what was chosen, and that of the browser after the choice is taken back', () => {
    storeLanguage('en');
    expect(storedLanguage()).toBe('en');
    storeLanguage(undefined);
    expect(storedLanguage()).toBe('ko');
    expect(values.size).toBe(0);
  });

  it('is the first of the browser that there is', () => {
    expect(languageOf(['fr-FR', 'ko-KR', 'en'])).toBe('ko');
    expect(languageOf(['en-GB', 'ko'])).toBe('en');
    expect(languageOf([])).toBe('en');
  });
});
