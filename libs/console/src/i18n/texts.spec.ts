import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createIntl } from 'react-intl';

const read = (language: string, file: string) =>
  (jest.requireActual(join(__dirname, language, file)) as { messages: Record<string, string> }).messages;
const files = readdirSync(join(__dirname, 'en'));
const parameters = (text: string) => [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name).toSorted();
/** Names and words that are the same in both languages. */
const SAME = /^(CSV|JSONL|API|Thriftgate)$/;

describe('the texts of the console', () => {
  it.each(files)('are there in both languages with the same values: %s', (file) => {
    const [english, korean] = [read('en', file), read('ko', file)];
    expect(Object.keys(korean).toSorted()).toEqual(Object.keys(english).toSorted());
    for (const [id, text] of Object.entries(english)) {
      expect({ id, values: new Set(parameters(korean[id] ?? '')) }).toEqual({
        id,
        values: new Set(parameters(text).filter((name) => !/^(one|other)$/.test(name ?? ''))),
      });
      if (korean[id] === text) expect(text).toMatch(SAME);
    }
  });

  it.each(files)('say of one in English that it is one: %s', (file) => {
    const texts = Object.entries(read('en', file)).filter(([, text]) => /\b(select, 1|plural, one) /.test(text));
    const intl = createIntl({ locale: 'en', messages: Object.fromEntries(texts) });
    for (const [id, text] of texts) {
      const values = Object.fromEntries(parameters(text).map((name) => [name, /plural/.test(text) ? 1 : '1']));
      expect(intl.formatMessage({ id }, values)).not.toMatch(/\b1 (more |further )?\w+s\b/);
    }
  });

  it('say to people what they need in Korean without addressing them', () => {
    for (const file of files)
      for (const text of Object.values(read('ko', file))) expect(text).not.toMatch(/당신|귀하|[을를]\(/);
  });
});
