import type { Language } from './language';
import type { MessageFile, Messages } from './messages';

const FILES = import.meta.glob<{ messages: Messages }>('./{en,ko}/*.ts');
const loaded = new Map<string, Promise<Messages>>();

/** The texts of a page in a language. Each file is loaded once. @throws Error if the file is gone, after an update */
export function loadMessages(language: Language, file: MessageFile): Promise<Messages> {
  const path = `./${language}/${file}.ts`;
  const known = loaded.get(path);
  if (known) return known;
  const load = FILES[path];
  if (!load) throw new Error(`There are no texts in ${path}.`);
  const messages = load().then((module) => module.messages);
  loaded.set(path, messages);
  messages.catch(() => loaded.delete(path));
  return messages;
}
