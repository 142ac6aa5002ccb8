import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createIntl } from 'react-intl';

const TEXTS = resolve(__dirname, '../../libs/console/src/i18n');

/** The texts of the console in a language, by their ids; values in braces are put in. */
export function consoleTexts(language: 'ko' | 'en'): (id: string, values?: Record<string, string>) => string {
  const all: Record<string, string> = Object.assign(
    {},
    ...readdirSync(join(TEXTS, language)).map((file) => require(join(TEXTS, language, file)).messages),
  );
  return (id, values = {}) => {
    const text = all[id];
    if (text === undefined) throw new Error(`the console has no text ${id}`);
    if (/, (select|plural),/.test(text) && Object.keys(values).length > 0)
      return createIntl({ locale: language, messages: { [id]: text } }).formatMessage({ id }, values);
    return Object.entries(values).reduce((shown, [name, value]) => shown.replaceAll(`{${name}}`, value), text);
  };
}
