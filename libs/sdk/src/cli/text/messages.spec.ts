import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { HELP, languageOf, MESSAGES } from './language';

/** All texts by their place; functions are called with a mark for each parameter, as a list, which is also text. */
function textsOf(value: unknown, place = ''): [string, string][] {
  if (typeof value === 'string') return [[place, value]];
  if (typeof value === 'function') {
    const call = value as (...args: unknown[]) => unknown;
    return [[place, String(call(...Array.from({ length: call.length }, (_, at) => [`«${at}»`])))]];
  }
  if (typeof value !== 'object' || value === null || value instanceof RegExp) return [];
  return Object.entries(value).flatMap(([name, each]) => textsOf(each, `${place}.${name}`));
}

describe('the languages of the command line', () => {
  const [english, korean] = [new Map(textsOf([MESSAGES.en, HELP.en])), new Map(textsOf([MESSAGES.ko, HELP.ko]))];
  /** The same in both languages: marks, names, and texts that a caller passes through. */
  const isSame = new Set(
    ['locale', 'labels.none', 'labels.id', 'labels.period', 'input.gatewayFault', 'submit.failedLine'].map(
      (name) => `.0.${name}`,
    ),
  );

  it('have Korean for every text', () => {
    const own = [...english.keys()].filter((place) => !isSame.has(place) && !place.startsWith('.0.errors'));
    expect(own.filter((place) => !/\p{Script=Hangul}/u.test(korean.get(place) ?? ''))).toEqual([]);
  });

  it('have the same parameters in both', () => {
    const marks = (text = '') => [...text.matchAll(/«\d»/g)].map(([mark]) => mark).toSorted();
    for (const [place, text] of english) {
      if (place.endsWith('.faults')) continue;
      expect([place, new Set(marks(korean.get(place)))]).toEqual([place, new Set(marks(text))]);
    }
  });

  it('use the words of the glossary', () => {
    const glossary = readFileSync(resolve(__dirname, '../../../../../docs/glossary.md'), 'utf8');
    const words = new Map(
      [...glossary.matchAll(/^\| ([a-z ]+?) +\| ([^|]+?) +\|/gm)].map(([, word, ko]) => [word, ko]),
    );
    const { labels } = MESSAGES.ko;
    const used = {
      'list cost': labels.listCost,
      cost: labels.cost,
      saved: labels.saved,
      batch: labels.batch,
      line: labels.lines,
    };
    for (const [word, text] of Object.entries(used)) expect([word, text]).toEqual([word, words.get(word)]);
    expect([labels.provider, labels.model]).toEqual([words.get('provider'), words.get('model')]);
  });

  it.each([
    [['--lang', 'ko'], {}, 'ko'],
    [['--lang=ko'], { LANG: 'en_US.UTF-8' }, 'ko'],
    [['--lang', 'en'], { LANG: 'ko_KR.UTF-8' }, 'en'],
    [[], { LANG: 'ko_KR.UTF-8' }, 'ko'],
    [[], { LC_ALL: 'C', LANG: 'ko_KR.UTF-8' }, 'en'],
    [[], { LC_ALL: '', LANG: 'ko' }, 'ko'],
    [[], { LANG: 'kok_IN' }, 'en'],
    [[], {}, 'en'],
  ] as const)('are chosen by %j and %j: %s', (args, env, language) => {
    expect(languageOf(args, env)).toBe(language);
  });
});
