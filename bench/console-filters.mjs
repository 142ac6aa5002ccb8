/**
 * `node bench/console-filters.mjs`: how long the console's usage page takes from a change of its filters until the new numbers and
 * the new chart are drawn, in the system's Chromium, over the ledger of BENCH_DATABASE_URL (`bench/ledger-reports.mjs` fills one).
 *
 *   --rounds 5         times that each change is made
 *   --timezone UTC     the zone of the page, as Asia/Seoul
 */
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { chromium } from 'playwright-core';
import { startGateway } from './gateway.mjs';
import { killAll, stop } from './processes.mjs';
import { machine } from './report.mjs';
import { median } from './scenarios.mjs';

const BAR_MS = 400;
const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '5' }, timezone: { type: 'string', default: 'UTC' } },
});
const adminKey = `sk-admin-${randomBytes(16).toString('hex')}`;
const databaseUrl = process.env.BENCH_DATABASE_URL;
const scratch = mkdtempSync(join(tmpdir(), 'thriftgate-bench-'));
const say = (line) => process.stdout.write(`${line}\n`);

/** In the page: counts its running requests, and clicks with the time until nothing runs and all is drawn. */
function timed() {
  let running = 0;
  const send = window.fetch.bind(window);
  window.fetch = (...args) => {
    running += 1;
    return send(...args).finally(() => {
      running -= 1;
    });
  };
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  window.timeOf = async (element) => {
    const startedAt = performance.now();
    element.click();
    for (let quiet = 0; quiet < 3;) {
      await frame();
      quiet = running === 0 && !document.querySelector('.stale') ? quiet + 1 : 0;
    }
    return performance.now() - startedAt;
  };
}

/** The changes, each with what is clicked; every one starts from the same page. */
const CHANGES = [
  ['filter by a model', (page) => page.locator('tbody tr:first-child button').first()],
  ['compare with the period before', (page) => page.getByRole('switch')],
  ['by week', (page) => page.getByText('Week', { exact: true })],
  ['by hour', (page) => page.getByText('Hour', { exact: true })],
  ['group by team', (page) => choose(page, 'Group by', 'Team')],
  ['group by key', (page) => choose(page, 'Group by', 'API key')],
  ['second group: tag', (page) => choose(page, 'And by', 'Tag')],
];

async function choose(page, label, option) {
  await page.getByRole('combobox', { name: label }).click();
  return page.getByRole('option', { name: option, exact: true });
}

async function main() {
  if (!databaseUrl) throw new Error('Set BENCH_DATABASE_URL.');
  const found = spawnSync('sh', ['-c', 'command -v chromium || command -v google-chrome'], { encoding: 'utf8' });
  say(machine(false));
  const command = { args: [join(import.meta.dirname, '../dist/src/main.js')] };
  const env = { ADMIN_KEY: adminKey, SECRET_KEY: 'bench'.padEnd(64, '0'), DATABASE_URL: databaseUrl };
  const gateway = await startGateway({ command, upstream: 'http://127.0.0.1:9', directory: scratch, env });
  const browser = await chromium.launch({
    executablePath: found.stdout.trim(),
    args: ['--headless', '--no-sandbox'],
  });
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, locale: 'en-US' });
  await page.addInitScript(timed);
  await page.goto(`${gateway.url}/console/sign-in`);
  await page.locator('input[type=password]').fill(adminKey);
  await page.locator('button[type=submit]').click();
  await page.locator('nav a').first().waitFor();
  say(`\n| change of the usage page, ${values.timezone} | median | worst | bar |\n| --- | ---: | ---: | --- |`);
  for (const [name, targetOf] of CHANGES) {
    const times = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      await page.goto(`${gateway.url}/console/usage?from=30d&tz=${values.timezone}`);
      await page.locator('tbody tr').first().waitFor();
      await page.waitForLoadState('networkidle');
      const target = await targetOf(page);
      times.push(await target.evaluate((element) => window.timeOf(element)));
    }
    const kept = median(times) <= BAR_MS ? 'kept' : `over ${BAR_MS} ms`;
    say(`| ${name} | ${Math.round(median(times))} ms | ${Math.round(Math.max(...times))} ms | ${kept} |`);
  }
  await browser.close();
  await stop(gateway.child);
}

process.once('exit', () => {
  killAll();
  rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
});
await main().catch((error) => {
  process.stderr.write(`bench: ${error.message}\n`);
  process.exitCode = 1;
});
