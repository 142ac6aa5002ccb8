import { createRequire } from 'node:module';
import { join } from 'node:path';
import { cell, table } from './markdown.mjs';

const { forbidden } = createRequire(import.meta.url)(join(import.meta.dirname, '../../.dependency-cruiser.cjs'));
const FEATURE_RULE = /^(.+)-imports$/;
const ALTERNATIVES = /\(([^)]*)\)/;
/** Features that nearly every feature may import are listed once, above the table. */
const BASE = ['common', 'config', 'database', 'http'];

/** The features that each feature may import, from `.dependency-cruiser.cjs`, in its order. */
export function featureMap() {
  const rows = forbidden.flatMap(({ name, to }) => {
    const feature = FEATURE_RULE.exec(name)?.[1];
    if (feature === undefined) return [];
    const allowed = alternatives(to.pathNot).filter((other) => other !== feature);
    return [[`\`${feature}\``, described(allowed)]];
  });
  if (rows.length === 0) throw new Error('.dependency-cruiser.cjs has no rule that is named <feature>-imports');
  return table(['feature', 'may import'], rows);
}

/** The packages that only certain files may import. */
export function packageRules() {
  const rows = forbidden
    .filter(({ from, to }) => from.pathNot && to.path?.startsWith('node_modules/('))
    .map(({ to, comment }) => [
      alternatives(to.path)
        .map((name) => `\`${name}\``)
        .join(', '),
      cell(comment),
    ]);
  return table(['package', 'rule'], rows);
}

const alternatives = (pattern) => ALTERNATIVES.exec(pattern)[1].split('|');

function described(allowed) {
  if (allowed.length === 0) return 'nothing';
  const hasBase = BASE.every((name) => allowed.includes(name));
  const others = hasBase ? allowed.filter((name) => !BASE.includes(name)) : allowed;
  return [...(hasBase ? ['base'] : []), ...others.map((name) => `\`${name}\``)].join(', ');
}
