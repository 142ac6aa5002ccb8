/**
 * `npm run prices:update`: builds the catalogue of models and prices, src/pricing/model-prices.json, from public sources, and
 * what models take, libs/providers/src/models/model-facts.json; prints what changes. For developers; the gateway itself never downloads prices.
 *
 *   --litellm <file>   LiteLLM's wheel; without it pip downloads the newest one
 *   --pi-ai <file>     the tarball of @earendil-works/pi-ai; without it npm downloads the newest one
 *   --days <file>      the tarball of chinese-days; without it npm downloads the newest one
 *   --accept           writes the file also where a price moved more than five times, or a model vanished
 *
 * LiteLLM's file (MIT) is the main source; pi-ai (MIT) adds models that it lacks, and is compared with it. chinese-days (MIT) has
 * the holidays on which DeepSeek has no peak hours. Prices are copied as text, never as floats.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { fromLiteLlm, fromPiAi } from './prices/sources.mjs';
import { holidaysFrom, withHolidays } from './prices/holidays.mjs';
import { modelFacts } from './prices/model-facts.mjs';
import { changesOf, isSuspicious } from './prices/changes.mjs';
import { parseNumbersAsText, toFactsJson, toJson } from './prices/json-text.mjs';

const TARGET = join(import.meta.dirname, '../src/pricing/model-prices.json');
const FACTS = join(import.meta.dirname, '../libs/providers/src/models/model-facts.json');
const { values } = parseArgs({
  options: {
    litellm: { type: 'string' },
    'pi-ai': { type: 'string' },
    days: { type: 'string' },
    accept: { type: 'boolean', default: false },
  },
});
const scratch = mkdtempSync(join(tmpdir(), 'prices-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

function run(program, ...args) {
  const { status, stderr } = spawnSync(program, args, { cwd: scratch, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} failed: ${stderr}`);
}

/** The path of the file whose name a program has downloaded. */
function downloaded(pattern) {
  const name = readdirSync(scratch).find((each) => pattern.test(each));
  if (!name) throw new Error(`No file ${pattern} was downloaded.`);
  return join(scratch, name);
}

/** Unpacks a package. @returns the version and the directory of its files */
function unpacked(name, pattern, given) {
  if (!given) run('npm', 'pack', '--silent', `${name}@latest`);
  const tarball = given ? resolve(given) : downloaded(pattern);
  const directory = join(scratch, `${basename(tarball)}.d`);
  mkdirSync(directory);
  run('tar', '-xzf', tarball, '-C', directory);
  return { version: /-(\d[\w.-]*)\.tgz$/.exec(tarball)?.[1], directory: join(directory, 'package') };
}

function liteLlm() {
  if (!values.litellm) run('python3', '-m', 'pip', 'download', '--no-deps', '--quiet', 'litellm', '-d', scratch);
  const wheel = values.litellm ? resolve(values.litellm) : downloaded(/\.whl$/);
  run('python3', '-m', 'zipfile', '-e', wheel, join(scratch, 'litellm'));
  const file = join(scratch, 'litellm/litellm/model_prices_and_context_window_backup.json');
  return { version: basename(wheel).split('-')[1], rows: parseNumbersAsText(readFileSync(file, 'utf8')) };
}

function piAi() {
  const { version, directory } = unpacked('@earendil-works/pi-ai', /pi-ai-.*\.tgz$/, values['pi-ai']);
  const data = join(directory, 'dist/providers/data');
  const files = readdirSync(data).map((name) => [
    basename(name, '.json'),
    parseNumbersAsText(readFileSync(join(data, name), 'utf8')),
  ]);
  return { version, files: Object.fromEntries(files) };
}

function chineseDays() {
  const { version, directory } = unpacked('chinese-days', /chinese-days-.*\.tgz$/, values.days);
  return { version, file: JSON.parse(readFileSync(join(directory, 'dist/chinese-days.json'), 'utf8')) };
}

const today = new Date().toISOString().slice(0, 10);
const year = Number(today.slice(0, 4));
const main = liteLlm();
const second = piAi();
const days = chineseDays();
const holidays = holidaysFrom(days.file, year);
const { rows, excluded } = fromLiteLlm(main.rows);
const { added, differences } = fromPiAi(second.files, rows);
const models = withHolidays({ ...rows, ...added }, holidays);
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
if (!holidays.some((date) => date.startsWith(String(year + 1))))
  process.stdout.write(`chinese-days has no holidays of ${year + 1} yet: China decrees them in November\n`);
const source = { litellm: main.version, 'pi-ai': second.version, date: today };
writeFileSync(TARGET, toJson({ source: { ...source, 'chinese-days': days.version }, models }));
const facts = modelFacts(main.rows, second.files, models);
writeFileSync(FACTS, toFactsJson(source, facts));
