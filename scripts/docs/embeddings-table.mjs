import { load } from './load-typescript.mjs';
import { cell, table } from './markdown.mjs';

const code = (text) => `\`${text}\``;
const NO_LIMIT = 2048;
const NOTHING = '–';

/** What each vendor takes of a request for embeddings. */
export function embeddingsTable() {
  const { VENDORS } = load('libs/providers/src/vendors.ts');
  const { EMBEDDING_RULES } = load('libs/providers/src/compatible/records/embeddings.ts');
  const { VOYAGE_RULES } = load('libs/providers/src/voyage/voyage.ts');
  const rulesOf = (name) => EMBEDDING_RULES[name] ?? (name === 'voyage' ? VOYAGE_RULES : undefined);
  const rows = Object.entries(VENDORS).flatMap(([name, { label, api }]) => {
    const translator = api.translators.embeddings;
    return translator ? [[cell(label), ...limitsOf(translator.partLimits('')), ...membersOf(rulesOf(name))]] : [];
  });
  return table(['vendor', 'inputs at once', 'tokens at once', '`dimensions`', '`input_type`', 'tokens as input'], rows);
}

function limitsOf({ parts, tokens }) {
  const text = (count) => count.toLocaleString('en-US');
  return [text(Math.min(parts, NO_LIMIT)), tokens ? text(tokens) : NOTHING];
}

/** Vendors with APIs of their own take both members. */
function membersOf(rules) {
  if (!rules) return ['translated', 'translated', 'refused'];
  const { dimensions, inputTypes, tokens } = rules;
  return [
    dimensions === undefined ? 'refused' : dimensions === 'dimensions' ? 'as sent' : code(dimensions),
    inputTypes === undefined ? 'dropped' : inputTypes === 'any' ? 'as sent' : 'translated',
    tokens ? 'as sent' : 'refused',
  ];
}
