import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PAGE = 'docs/operations.md';
const ALARMS = /Worth an alarm:[^]*?(?=\n## )/;
const MESSAGE = /^\| `([^`]+)`/gm;

/** Log messages that operations.md lists for alarms, but no source file has. `…` stands for the rest of a message. */
export function unknownLogMessages(root) {
  const [alarms = ''] = ALARMS.exec(readFileSync(join(root, PAGE), 'utf8')) ?? [];
  const messages = [...alarms.matchAll(MESSAGE)].map(([, message]) => message);
  if (messages.length === 0) return [`${PAGE}: has no table of log messages under "Worth an alarm:"`];
  const sources = readdirSync(join(root, 'src'), { recursive: true })
    .filter((name) => name.endsWith('.ts') && !name.endsWith('.spec.ts'))
    .map((name) => readFileSync(join(root, 'src', name), 'utf8'));
  return messages
    .filter((message) => !sources.some((source) => source.includes(message.replace(/…$/, ''))))
    .map((message) => `${PAGE}: no source file logs "${message}"`);
}
