import { execFile, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type Snippet, snippets } from '../../libs/console/src/getting-started/snippets';
import { ConsoleBrowser, describeInBrowser } from '../support/console-browser';
import { consoleTexts } from '../support/console-texts';
import { type RunningGateway, startGateway } from '../support/gateway';

const ROOT = resolve(__dirname, '../..');
const PYTHONPATH = [join(ROOT, '.ci/python'), process.env['PYTHONPATH'] ?? ''].join(delimiter);
const run = promisify(execFile);

/** How each snippet is run where its tool is there. */
const WAYS: Partial<Record<Snippet['id'], { file: string; needs: string[]; command: (path: string) => string[] }>> = {
  curl: { file: 'hello.sh', needs: ['curl', '--version'], command: (path) => ['sh', path] },
  python: { file: 'hello.py', needs: ['python3', '-c', 'import openai'], command: (path) => ['python3', path] },
  typescript: { file: 'hello.mjs', needs: ['node', '--version'], command: (path) => ['node', path] },
  java: { file: 'Hello.java', needs: ['java', '--version'], command: (path) => ['java', path] },
  go: { file: 'hello.go', needs: ['go', 'version'], command: (path) => ['go', 'run', path] },
};
const isThere = ([program = '', ...args]: string[]) =>
  spawnSync(program, args, { env: { ...process.env, PYTHONPATH } }).status === 0;

/** What the page offers to be copied runs as it is; the page sees the call, and the same one from the cache. */
describe('the first call', () => {
  let gateway: RunningGateway;
  let directory: string;

  beforeAll(async () => {
    gateway = await startGateway();
    // Within the repository, so that Node finds the package openai.
    directory = mkdtempSync(join(ROOT, 'dist/first-call-'));
  });
  afterAll(async () => {
    rmSync(directory, { recursive: true, force: true });
    await gateway.stop();
  });

  const environment = (key: string) => ({ ...process.env, PYTHONPATH, OPENAI_API_KEY: key });

  async function execute(id: Snippet['id'], code: string, key: string): Promise<string> {
    const way = WAYS[id];
    if (!way) throw new Error(`${id} is not run`);
    const path = join(directory, way.file);
    writeFileSync(path, code);
    const [program = '', ...args] = way.command(path);
    const { stdout } = await run(program, args, { cwd: directory, env: environment(key) });
    return stdout;
  }

  const all = snippets({ baseUrl: 'BASE', model: 'gpt-4.1-mini' });
  for (const { id } of all.filter((snippet) => WAYS[snippet.id])) {
    const test = isThere(WAYS[id]?.needs ?? []) ? it : it.skip;
    test(`in ${id} runs as it is copied`, async () => {
      const { key, keyId } = await gateway.createKey();
      const facts = { baseUrl: `${gateway.url}/v1`, model: 'gpt-4.1-mini' };
      const code = snippets(facts).find((snippet) => snippet.id === id)?.code ?? '';
      expect(code).not.toContain(key);
      expect((await execute(id, code, key)).trim()).not.toBe('');
      const { body } = await gateway.admin('GET', `/admin/requests?key_id=${keyId}`);
      expect(body.data.map(({ status, model }: { status: number; model: string }) => [status, model])).toEqual([
        [200, 'gpt-4.1-mini'],
      ]);
    });
  }

  it('with quotes in the name of the model is still one program', () => {
    const model = `a"b'c$d\\e`;
    const { code = '' } = snippets({ baseUrl: 'http://127.0.0.1:1/v1', model }).find(({ id }) => id === 'curl') ?? {};
    // The shell says what curl would get.
    const shown = spawnSync('sh', ['-c', `curl() { for each; do printf '%s\\n' "$each"; done; }\n${code}`]);
    const body = shown.stdout.toString().trim().split('\n').at(-1) ?? '';
    expect(JSON.parse(body).model).toBe(model);
  });

  describeInBrowser('in the browser', () => {
    it.each([
      ['ko', 'dark'],
      ['en', 'light'],
    ] as const)('is awaited and seen, then the hit (%s, %s)', async (language, theme) => {
      const text = consoleTexts(language);
      const { key: own } = await gateway.createKey({ role: 'team_admin' });
      const secrets = [own];
      const browser = await ConsoleBrowser.open(gateway.url, { language, theme, secrets });
      try {
        const { page } = browser;
        await browser.visit('/sign-in?to=/console/getting-started');
        await browser.signIn(own);
        await page.getByText(text('gettingStarted.waiting')).waitFor();
        expect(await browser.problems()).toEqual([]);
        await page.getByRole('button', { name: text('keys.issue') }).click();
        const dialog = page.getByRole('dialog');
        await dialog.getByLabel(text('keys.name')).fill(`first ${language}`);
        await dialog.getByRole('button', { name: text('keys.issue') }).click();
        const secret = await page.locator('[data-secret]').first().innerText();
        await page.getByRole('button', { name: text('components.secretSaved') }).click();
        await dialog.waitFor({ state: 'detached' });
        secrets.push(secret);
        expect(await browser.problems()).toEqual([]);

        const shown = await page.locator('[data-snippet=curl]').innerText();
        expect(shown).toContain(`${gateway.url}/v1/chat/completions`);
        await execute('curl', shown, secret);
        await page.locator('[data-seen=MISS]').waitFor();
        await page.getByText(text('gettingStarted.again')).waitFor();
        await execute('curl', shown, secret);
        await page.locator('[data-seen=HIT]').waitFor();
        expect(await page.locator('[data-seen=HIT]').innerText()).toContain('$0.00');
        expect(await browser.problems()).toEqual([]);
        for (const name of ['Python', 'TypeScript', 'Java', 'Go', text('gettingStarted.environment')]) {
          await page.getByRole('tab', { name }).click();
          await page.locator('[data-snippet]').waitFor();
        }
        expect(await page.locator('[data-snippet=environment]').innerText()).toBe(
          `export OPENAI_BASE_URL=${gateway.url}/v1`,
        );
        expect(await browser.problems()).toEqual([]);
      } finally {
        await browser.close();
      }
    });
  });
});
