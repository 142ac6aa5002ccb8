/**
 * `npm run prices:update`: builds the catalogue of models and prices, src/pricing/model-prices.json, from two public sources, and
 * what models take, libs/providers/src/models/model-facts.json; prints what changes. For developers; the gateway itself never downloads prices.
 *
 *   --litellm <file>   LiteLLM's wheel; without it pip downloads the newest one
 *   --pi-ai <file>     the tarball of @earendil-works/pi-ai; without it npm downloads the newest one
 *   --accept           writes the file also where a price moved more than five times, or a model vanished
 *
 * LiteLLM's file (MIT) is the main source; pi-ai (MIT) adds models that it lacks, and is compared with it. Prices are copied as
 * text, never as floats.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fromLiteLlm, fromPiAi } from './prices/sources.mjs';
import { modelFacts } from './prices/model-facts.mjs';
import { changesOf, isSuspicious } from './prices/changes.mjs';
import { parseNumbersAsText, toFactsJson, toJson } from './prices/json-text.mjs';

const TARGET = join(import.meta.dirname, '../src/pricing/model-prices.json');
const FACTS = join(import.meta.dirname, '../libs/providers/src/models/model-facts.json');
const { values } = parseArgs({
  options: { litellm: { type: 'string' }, 'pi-ai': { type: 'string' }, accept: { type: 'boolean', default: false } },
});
const scratch = mkdtempSync(join(tmpdir(), 'prices-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

function run(program, ...args) {
  const { status, stderr } = spawnSync(program, args, { cwd: scratch, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`);
}

/** The path of a file with this ending that a program has downloaded. */
function downloaded(ending) {
  const name = readdirSync(scratch).find((each) => each.endsWith(ending));
  if (!name) throw new Error(`No file *${ending} was downloaded.`);
  return join(scratch, name);
}

function liteLlm() {
  if (!values.litellm) run('python3', '-m', 'pip', 'download', '--no-deps', '--quiet', 'litellm', '-d', scratch);
  const wheel = values.litellm ? resolve(values.litellm) : downloaded('.whl');
  run('python3', '-m', 'zipfile', '-e', wheel, join(scratch, 'litellm'));
  const file = join(scratch, 'litellm/litellm/model_prices_and_context_window_backup.json');
  return { version: basename(wheel).split('-')[1], rows: parseNumbersAsText(readFileSync(file, 'utf8')) };
}

function piAi() {
  if (!values['pi-ai']) run('npm', 'pack', '--silent', '@earendil-works/pi-ai@latest');
  const tarball = values['pi-ai'] ? resolve(values['pi-ai']) : downloaded('.tgz');
  run('tar', '-xzf', tarball);
  const directory = join(scratch, 'package/dist/providers/data');
  const files = readdirSync(directory).map((name) => [
    basename(name, '.json'),
    parseNumbersAsText(readFileSync(join(directory, name), 'utf8')),
  ]);
  return { version: /-(\d[\w.-]*)\.tgz$/.exec(tarball)?.[1], files: Object.fromEntries(files) };
}

const main = liteLlm();
const second = piAi();
const { rows, excluded } = fromLiteLlm(main.rows);
const { added, differences } = fromPiAi(second.files, rows);
const models = { ...rows, ...added };
const before = parseNumbersAsText(readFileSync(TARGET, 'utf8')).models;
const changes = changesOf(before, models);
for (const line of [...differences, ...changes.map(({ text }) => text)]) process.stdout.write(`${line}\n`);
process.stdout.write(`${Object.keys(models).length} models, ${changes.length} changes, ${excluded} left out\n`);
const suspicious = changes.filter(isSuspicious);
if (suspicious.length > 0 && !values.accept) {
  process.stderr.write(
    `${suspicious.length} changes need a look: a price moved more than five times, or a model vanished. ` +
      `Check them at the vendor, then run again with --accept.\n`,
  );
  process.exit(1);
}
const source = { litellm: main.version, 'pi-ai': second.version, date: new Date().toISOString().slice(0, 10) };
writeFileSync(TARGET, toJson({ source, models }));
const facts = modelFacts(main.rows, second.files, models);
writeFileSync(FACTS, toFactsJson(source, facts));
