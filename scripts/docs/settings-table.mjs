import { createRequire } from 'node:module';
import { load } from './load-typescript.mjs';
import { table } from './markdown.mjs';

const { z } = createRequire(import.meta.url)('zod');

/** The variables of `src/config/environment.ts`, in its order. */
export function settingsTable() {
  const { environmentSchema } = load('src/config/environment.ts');
  const { SETTING_MEANINGS } = load('src/config/environment.docs.ts');
  const { properties } = z.toJSONSchema(environmentSchema, { io: 'output', unrepresentable: 'any' });
  const rows = Object.entries(properties).map(([name, { type, enum: values, default: fallback }]) => {
    const meaning = SETTING_MEANINGS[name];
    if (meaning === undefined) throw new Error(`${name} has no meaning in src/config/environment.docs.ts`);
    const taken = values ? values.map((value) => `\`${value}\``).join(', ') : ({ string: 'text' }[type] ?? type);
    return [`\`${name}\``, fallback === undefined ? '–' : `\`${fallback}\``, taken, meaning];
  });
  return table(['variable', 'default', 'value', 'meaning'], rows);
}
