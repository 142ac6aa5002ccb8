import { readFileSync } from 'node:fs';
import { ConsoleBrowser, describeInBrowser, type Visitor } from '../support/console-browser';
import { consoleTexts } from '../support/console-texts';
import { type RunningGateway, startGateway } from '../support/gateway';

/** The page of the audit log says whether it can be trusted. */
describeInBrowser('the audit log in the console', () => {
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

  const enter = async (language: Visitor['language'], key = gateway.adminKey) => {
    open = await ConsoleBrowser.open(gateway.url, { language, theme: 'light', secrets: [key] });
    await open.visit('/sign-in');
    await open.signIn(key);
    await open.page.locator('nav a').first().waitFor();
    return open;
  };

  it.each(['ko', 'en'] as const)('says whether the audit log is as it was written (%s)', async (language) => {
    const text = consoleTexts(language);
    const browser = await enter(language);
    const { page } = browser;
    await browser.visit('/audit');
    const state = page.locator('main').getByRole('status');
    await state.getByText('✓').waitFor();
    const { first_at: firstAt } = (await gateway.admin('GET', '/admin/audit/verify')).body;
    expect(await state.innerText()).toContain(String(new Date(firstAt).getUTCDate()));
    await gateway.admin('POST', '/admin/teams', { name: `seen ${language}` });
    const { entries } = (await gateway.admin('GET', '/admin/audit/verify')).body;
    const count = new Intl.NumberFormat(language).format(entries) + { ko: '개', en: ' entr' }[language];
    expect(await state.innerText()).not.toContain(count);
    await page.getByRole('button', { name: text('audit.verifyNow') }).click();
    await state.filter({ hasText: count }).waitFor();
    expect(await browser.problems()).toEqual([]);
    const saved = page.waitForEvent('download');
    await page.getByRole('button', { name: text('audit.export') }).click();
    await page.getByRole('menuitem', { name: text('audit.jsonl') }).click();
    const { anchor } = JSON.parse(
      readFileSync(await (await saved).path(), 'utf8')
        .trimEnd()
        .split('\n')
        .at(-1)!,
    );
    expect((await gateway.admin('GET', `/admin/audit/verify?anchor=${anchor}`)).body).toMatchObject({
      ok: true,
      entries,
    });

    await page.route('**/admin/audit/verify*', async (route) => {
      const response = await route.fetch();
      await route.fulfill({
        response,
        json: { ...(await response.json()), ok: false, broken: { seq: 3, problem: 'changed' } },
      });
    });
    await page.getByRole('button', { name: text('audit.verifyNow') }).click();
    const alert = page.getByRole('alert').filter({ hasText: text('audit.problem.changed') });
    await alert.getByText(text('audit.broken').replace('{seq, number}', '3')).waitFor();
    await alert.getByText(text('audit.brokenTodo')).waitFor();
    expect(await browser.problems()).toEqual([]);
  });

  it('says nothing of it to those who see the events of their team alone', async () => {
    const { key } = await gateway.createKey({ role: 'team_admin' });
    const browser = await enter('en', key);
    await browser.visit('/audit');
    await browser.page.getByRole('table').waitFor();
    await browser.page.waitForLoadState('networkidle');
    expect(await browser.page.getByRole('button', { name: consoleTexts('en')('audit.verifyNow') }).count()).toBe(0);
    expect(await browser.problems()).toEqual([]);
  });
});
