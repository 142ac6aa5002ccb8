import { ConsoleBrowser, describeInBrowser, type Visitor } from '../support/console-browser';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

/** Of the JS and CSS of the overview with its charts, in Brotli. */
const FIRST_PAGE_BYTES = 220_000;

/** People open the console, sign in with a key, and find every page that they may see. */
describeInBrowser('the console', () => {
  let gateway: RunningGateway;
  let open: ConsoleBrowser | undefined;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });
  afterAll(() => gateway.stop());

  const enter = async (visitor: Partial<Visitor> = {}) => {
    open = await ConsoleBrowser.open(gateway.url, {
      language: 'ko',
      theme: 'light',
      secrets: [gateway.adminKey],
      ...visitor,
    });
    return open;
  };
  const navigation = (browser: ConsoleBrowser) => browser.page.locator('nav a');

  it.each([
    ['ko', 'light'],
    ['en', 'dark'],
  ] as const)('is without a fault in %s and %s', async (language, theme) => {
    const browser = await enter({ language, theme });
    await browser.visit('/sign-in');
    expect(await browser.problems()).toEqual([]);
    await browser.signIn(gateway.adminKey);
    await navigation(browser).first().waitFor();
    await browser.page.locator('h1').waitFor();
    expect(await browser.problems()).toEqual([]);
    expect(await browser.page.getAttribute('html', 'lang')).toBe(language);
  });

  it('loads 220 kB at most for its first page', async () => {
    const { key } = await gateway.createKey();
    await gateway.chat(key, 'a call for the chart');
    await eventually(async () => (await gateway.allRows()).length > 0);
    const browser = await enter();
    await browser.visit('/sign-in');
    await browser.signIn(gateway.adminKey);
    await navigation(browser).first().waitFor();
    await browser.visit('/');
    await browser.page.locator('main figure').first().waitFor();
    const loaded = await browser.loadedBytes();
    expect(loaded).toBeGreaterThan(100_000);
    expect(loaded).toBeLessThanOrEqual(FIRST_PAGE_BYTES);
  });

  it('leads to every page that the administrator may see', async () => {
    const browser = await enter();
    await browser.visit('/sign-in');
    await browser.signIn(gateway.adminKey);
    await navigation(browser).first().waitFor();
    const names = await navigation(browser).allTextContents();
    expect(names.length).toBeGreaterThanOrEqual(17);
    for (const name of names) {
      await navigation(browser).getByText(name, { exact: true }).click();
      await browser.page.locator('nav a[aria-current=page]', { hasText: name }).waitFor();
      await browser.page.locator('h1').waitFor();
      expect({ name, problems: await browser.problems() }).toEqual({ name, problems: [] });
    }
  });

  it('returns to the page of the address after sign-in, and never to another site', async () => {
    const browser = await enter();
    await browser.page.goto(`${gateway.url}/console/usage?from=7d`);
    await browser.page.waitForURL(/sign-in/);
    await browser.signIn('sk-tg-wrong');
    await browser.page.locator('form [data-error=true] p', { hasText: 'API key' }).first().waitFor();
    browser.faults.splice(0);
    await browser.signIn(gateway.adminKey);
    await browser.page.waitForURL(`${gateway.url}/console/usage?from=7d`);
    for (const to of ['https://evil.example', '//evil.example', '/\\evil.example', '/console/../../evil']) {
      await browser.visit(`/sign-in?to=${encodeURIComponent(to)}`);
      await browser.signIn(gateway.adminKey);
      await navigation(browser).first().waitFor();
      expect(new URL(browser.page.url()).origin).toBe(gateway.url);
      expect(new URL(browser.page.url()).pathname).toMatch(/^\/console\/?$/);
    }
  });

  it('shows a member the pages of a member, and signs out', async () => {
    const { key } = await gateway.createKey();
    const browser = await enter({ language: 'en', secrets: [key] });
    await browser.visit('/sign-in');
    await browser.signIn(key);
    await navigation(browser).first().waitFor();
    const names = await navigation(browser).allTextContents();
    expect(names).toContain('Usage');
    expect(names).not.toContain('Audit log');
    await browser.page.goto(`${gateway.url}/console/audit`);
    await browser.page.getByText('audit:read').waitFor();
    await browser.page.getByRole('button', { name: /^Account/ }).click();
    await browser.page.getByRole('menuitem', { name: 'Sign out' }).click();
    await browser.page.waitForURL(/sign-in/);
    expect((await browser.page.context().cookies()).filter(({ value }) => value !== '')).toEqual([]);
  });

  it('finds a team admin keys of the own team alone, and sends no text of a key in an address', async () => {
    const { teamId, key } = await gateway.createKey({ role: 'team_admin', name: 'nightly own' });
    await gateway.createKey({ name: 'nightly foreign' });
    const browser = await enter({ language: 'en', secrets: [key] });
    const { page } = browser;
    await browser.visit('/sign-in');
    await browser.signIn(key);
    await navigation(browser).first().waitFor();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(request.url()));
    await page.getByRole('button', { name: 'Search' }).first().click();
    const search = page.getByPlaceholder('Page, team, model, key, or request id');
    await search.fill(key);
    await page.waitForTimeout(1000);
    await search.fill('nightly');
    const found = page.getByRole('dialog').getByText(/nightly (own|foreign)/);
    await found.first().waitFor();
    expect(await found.allTextContents()).toEqual(['nightly own']);
    expect(asked.filter((url) => url.includes('/admin/keys?')).length).toBeGreaterThan(0);
    expect(asked.filter((url) => decodeURIComponent(url).includes(key))).toEqual([]);
    await found.first().click();
    await page.waitForURL(new RegExp(`/teams/${teamId}/keys`));
    expect(browser.faults).toEqual([]);
  });

  it('is worked by keys: the palette, and letters that can be switched off', async () => {
    const browser = await enter({ language: 'en' });
    const { page } = browser;
    await browser.visit('/sign-in');
    await browser.signIn(gateway.adminKey);
    await navigation(browser).first().waitFor();
    await page.getByRole('button', { name: 'Search' }).first().click();
    const search = page.getByPlaceholder('Page, team, model, key, or request id');
    await search.fill('Budg');
    await page.keyboard.press('Enter');
    await page.waitForURL(/\/console\/budgets/);
    // Each sign-in with the administrator's key raises an alert.
    await page.getByRole('link', { name: /^Alerts, \d\+? unacknowledged$/ }).waitFor();
    const { keyId, teamId } = await gateway.createKey({ name: 'found by its id' });
    await page.getByRole('button', { name: 'Search' }).first().click();
    await search.fill(keyId);
    await page.getByRole('dialog').getByText('found by its id').click();
    await page.waitForURL(new RegExp(`/teams/${teamId}/keys`));
    expect(await browser.problems()).toEqual([]);
    const named = await gateway.createKey({ name: '야간 Batch' });
    await page.getByRole('button', { name: 'Search' }).first().click();
    await search.fill('batch');
    await page.getByRole('dialog').getByText('야간 Batch').click();
    await page.waitForURL(new RegExp(`/teams/${named.teamId}/keys.*key=${named.keyId}`));
    await page.locator('tr[aria-current]', { hasText: '야간 Batch' }).waitFor();
    await page.keyboard.press('g');
    await page.keyboard.press('u');
    await page.waitForURL(/\/console\/usage/);
    await page.keyboard.press('?');
    await page.getByRole('dialog').getByRole('switch').click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const visited: string[] = [];
    page.on('framenavigated', (frame) => visited.push(new URL(frame.url()).pathname));
    await page.keyboard.press('g');
    await page.keyboard.press('b');
    await navigation(browser).getByText('Savings', { exact: true }).click();
    await page.waitForURL(/\/console\/savings/);
    expect([...new Set(visited)]).toEqual(['/console/savings']);
    expect(browser.faults).toEqual([]);
  });
});
