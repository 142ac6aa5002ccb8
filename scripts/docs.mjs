/**
 * `npm run docs`: writes the generated parts of the documentation. A part is between `<!-- generated:name -->` and
 * `<!-- /generated:name -->`; the text around it is written by hand.
 *
 *   --check   writes nothing; fails if a part is stale, or if a page names a file, heading or log message that does not exist
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { format, resolveConfig } from 'prettier';
import { batchesTable } from './docs/batches-table.mjs';
import { errorTable } from './docs/error-table.mjs';
import { featureMap, packageRules } from './docs/feature-map.mjs';
import { unknownLogMessages } from './docs/log-messages.mjs';
import { brokenReferences } from './docs/references.mjs';
import { settingsTable } from './docs/settings-table.mjs';
import { batchTiers } from './docs/batch-tiers.mjs';
import { embeddingsTable } from './docs/embeddings-table.mjs';
import { vendorLacks, vendorRequests, vendorTable } from './docs/vendor-tables.mjs';

/** The generated parts, and their pages. */
const PARTS = [
  { name: 'errors', page: 'docs/errors.md', write: errorTable },
  { name: 'settings', page: 'docs/settings.md', write: settingsTable },
  { name: 'features', page: 'docs/architecture.md', write: featureMap },
  { name: 'vendors', page: 'docs/providers.md', write: vendorTable },
  { name: 'vendor-requests', page: 'docs/providers.md', write: vendorRequests },
  { name: 'vendor-lacks', page: 'docs/providers.md', write: vendorLacks },
  { name: 'batch-tiers', page: 'docs/batches.md', write: batchTiers },
  { name: 'embeddings', page: 'docs/embeddings.md', write: embeddingsTable },
  { name: 'batches', page: 'docs/batches.md', write: batchesTable },
  { name: 'packages', page: 'docs/architecture.md', write: packageRules },
];

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });

/** @returns the page with the current part */
async function renewed({ name, page, write }) {
  const text = readFileSync(join(root, page), 'utf8');
  const part = new RegExp(`(<!-- generated:${name} -->)[^]*(<!-- /generated:${name} -->)`);
  if (!part.test(text)) throw new Error(`${page} has no <!-- generated:${name} --> … <!-- /generated:${name} -->`);
  const filled = text.replace(part, (_, start, end) => `${start}\n\n${write()}\n\n${end}`);
  return format(filled, { ...(await resolveConfig(join(root, page))), filepath: page });
}

const pagesIn = (folder, options) =>
  readdirSync(join(root, folder), options)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name));

const problems = [];
for (const part of PARTS) {
  const text = await renewed(part);
  if (text === readFileSync(join(root, part.page), 'utf8')) continue;
  if (values.check) problems.push(`${part.page}: the generated part "${part.name}" is stale. Run: npm run docs`);
  else writeFileSync(join(root, part.page), text);
}
if (values.check) {
  const pages = [...pagesIn('.'), ...pagesIn('.github'), ...pagesIn('docs', { recursive: true })];
  problems.push(...brokenReferences(root, pages), ...unknownLogMessages(root));
}
if (problems.length > 0) {
  process.stderr.write(`${problems.join('\n')}\n`);
  process.exitCode = 1;
}
