import { type Help, helpEn } from './help-en';
import { helpKo } from './help-ko';
import { type Messages, messagesEn } from './messages-en';
import { messagesKo } from './messages-ko';

export type Language = 'en' | 'ko';

export const MESSAGES: Readonly<Record<Language, Messages>> = { en: messagesEn, ko: messagesKo };
export const HELP: Readonly<Record<Language, Help>> = { en: helpEn, ko: helpKo };

const LOCALES = ['LC_ALL', 'LC_MESSAGES', 'LANG'];

/**
 * The language of help and messages. It is read before the arguments are parsed, because their help has it too.
 *
 * @returns Korean for `--lang ko` or a Korean locale, else English
 */
export function languageOf(args: readonly string[], env: NodeJS.ProcessEnv): Language {
  const at = args.findIndex((arg) => arg === '--lang' || arg.startsWith('--lang='));
  const given = at < 0 ? undefined : (args[at]?.split('=')[1] ?? args[at + 1]);
  const locale = LOCALES.map((name) => env[name]).find((value) => value !== undefined && value !== '');
  return /^ko(?![a-z])/i.test(given ?? locale ?? '') ? 'ko' : 'en';
}
