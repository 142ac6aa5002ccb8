import { readdirSync } from 'node:fs';
import { join } from 'node:path';

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

  it('say to people what they need in Korean without addressing them', () => {
    for (const file of files)
      for (const text of Object.values(read('ko', file))) expect(text).not.toMatch(/당신|귀하|[을를]\(/);
  });
});
