import { ConsoleBrowser, describeInBrowser, type Visitor } from '../support/console-browser';
import { consoleTexts } from '../support/console-texts';
import { type RunningGateway, startGateway } from '../support/gateway';
import { XSS_PAYLOADS } from '../support/xss-payloads';

const MOST_CALLS = 6;

/** The pages with which administrators run the gateway. */
describeInBrowser('the administration in the console', () => {
  let gateway: RunningGateway;
  let open: ConsoleBrowser | undefined;
  let calls: string[] = [];

  beforeAll(async () => {
    gateway = await startGateway({ env: { WEBHOOK_ALLOW_PRIVATE: 'true' } });
  });
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });
  afterAll(() => gateway.stop());

  const enter = async (language: Visitor['language'], theme: Visitor['theme'], secrets = [gateway.adminKey]) => {
    open = await ConsoleBrowser.open(gateway.url, { language, theme, secrets });
    open.page.on('request', (request) => {
      const { pathname } = new URL(request.url());
      if (pathname.startsWith('/admin/')) calls.push(`${request.method()} ${pathname}`);
    });
    await open.visit('/sign-in');
    await open.signIn(gateway.adminKey);
    await open.page.locator('nav a').first().waitFor();
    await open.page.waitForLoadState('networkidle');
    return open;
  };

  /** Opens a page as from a link, and waits until it has asked for what it shows. */
  const visit = async (browser: ConsoleBrowser, path: string) => {
    calls = [];
    await browser.visit(path);
    await browser.page.waitForLoadState('networkidle');
    return new Set(calls);
  };

  it.each([
    ['ko', 'light'],
    ['en', 'dark'],
  ] as const)('has pages without a fault, of few calls (%s, %s)', async (language, theme) => {
    const { teamId, key } = await gateway.createKey({ name: `worker ${language} ${theme}` });
    await gateway.chat(key, 'hello');
    const browser = await enter(language, theme);
    const pages = [
      '/getting-started',
      '/teams',
      `/teams/${teamId}`,
      `/teams/${teamId}?view=credits`,
      `/teams/${teamId}/keys`,
      '/models',
      '/models?view=providers',
      '/models?model=gpt-4.1',
      '/models?view=providers&provider=openai',
      '/alerts?show=all',
      '/webhooks',
      '/users',
      '/audit',
      '/settings',
    ];
    for (const path of pages) {
      const asked = await visit(browser, path);
      expect({ path, problems: await browser.problems() }).toEqual({ path, problems: [] });
      expect({ path, sideways: await browser.sideways() }).toEqual({ path, sideways: [] });
      expect({ path, isFew: asked.size <= MOST_CALLS, asked: [...asked] }).toMatchObject({ path, isFew: true });
    }
  });

  it.each(['ko', 'en'] as const)('makes a webhook, whose secret is seen once (%s)', async (language) => {
    const text = consoleTexts(language);
    const secrets = [gateway.adminKey];
    const browser = await enter(language, 'dark', secrets);
    const { page } = browser;
    await visit(browser, '/webhooks');
    await page.getByRole('button', { name: text('webhooks.create') }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel(text('webhooks.url')).fill(`http://127.0.0.1:9/${language}`);
    expect(await browser.problems()).toEqual([]);
    await dialog.getByRole('button', { name: text('webhooks.save') }).click();
    const secret = await page.locator('[data-secret]').innerText();
    expect(secret).toMatch(/^whsec_/);
    expect(await browser.problems()).toEqual([]);
    await page.getByRole('button', { name: text('components.secretSaved') }).click();
    await dialog.waitFor({ state: 'detached' });
    secrets.push(secret);
    const url = `http://127.0.0.1:9/${language}`;
    await page.getByRole('button', { name: text('webhooks.acts', { name: url }) }).click();
    await page.getByRole('menuitem', { name: text('webhooks.test') }).click();
    await page.getByRole('alert').waitFor();
    expect(await browser.problems()).toEqual([]);
  });

  it.each(['ko', 'en'] as const)('books a credit of a team, once per reference (%s)', async (language) => {
    const text = consoleTexts(language);
    const { teamId } = await gateway.createKey();
    const browser = await enter(language, 'light');
    const { page } = browser;
    await visit(browser, `/teams/${teamId}`);
    await page.getByText(text('teams.view.credits')).click();
    await page.getByText(text('teams.noCredits')).waitFor();
    const book = async (amount: string) => {
      await page.getByRole('button', { name: text('teams.addCredit') }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel(text('teams.creditAmount')).fill(amount);
      await dialog.getByLabel(text('teams.creditReference')).fill('invoice-7');
      expect(await browser.problems()).toEqual([]);
      await dialog.getByRole('button', { name: text('teams.bookCredit') }).click();
      return dialog;
    };
    await (await book('12.50')).waitFor({ state: 'detached' });
    const credits = page.getByRole('region', { name: text('teams.credits') });
    await credits.getByText('$12.50').first().waitFor();
    const refused = await book('13');
    await refused.getByText('invoice-7').first().waitFor();
    browser.faults.splice(0);
    await page.keyboard.press('Escape');
    await credits.getByRole('button', { name: text('teams.makePrepaid') }).click();
    await credits.getByText(text('teams.prepaid')).waitFor();
    expect(await browser.problems()).toEqual([]);
    const { body } = await gateway.admin('GET', `/admin/teams/${teamId}/credits`);
    expect(body).toMatchObject({ prepaid: true, balance_usd: '12.5', topped_up_usd: '12.5' });
  });

  it('changes settings, which the audit log has with the values before and after', async () => {
    const text = consoleTexts('en');
    const browser = await enter('en', 'light');
    const { page } = browser;
    await visit(browser, '/settings');
    const company = page.getByRole('region', { name: text('settings.company') });
    await company.getByLabel(text('settings.rate')).fill('1385.2x');
    await company.getByRole('button', { name: text('settings.save') }).click();
    await company.locator('[aria-invalid=true]').first().waitFor();
    browser.faults.splice(0);
    await company.getByLabel(text('settings.rate')).fill('1385.20');
    await company.getByLabel(text('settings.rateDate')).fill('2026-11-27');
    await company.getByRole('button', { name: text('settings.save') }).click();
    await page.getByText(text('settings.saved')).waitFor();
    expect((await gateway.admin('GET', '/admin/settings')).body.exchange_rate).toEqual({
      krw_per_usd: '1385.20',
      date: '2026-11-27',
    });
    expect(await browser.problems()).toEqual([]);
    await visit(browser, '/audit?action=settings.updated');
    await page.getByRole('cell', { name: 'settings.updated' }).first().click();
    const dialog = page.getByRole('dialog');
    await dialog.locator('ins').first().waitFor();
    expect(await dialog.locator('ins').allTextContents()).toContain('1385.20');
    expect(await browser.problems()).toEqual([]);
  });

  it('names keys in the audit log and among the sessions, with their ids in the details', async () => {
    const text = consoleTexts('ko');
    const { key, keyId } = await gateway.createKey({ role: 'auditor', name: '재무 감사' });
    await gateway.request('POST', '/auth/session', undefined, { key });
    const browser = await enter('ko', 'light');
    const { page } = browser;
    await visit(browser, '/users');
    await page.getByRole('cell', { name: '재무 감사' }).waitFor();
    const asked = await visit(browser, '/audit?subject=재무 감사');
    expect(asked.size).toBeLessThanOrEqual(MOST_CALLS);
    const row = page.getByRole('row').filter({ hasText: 'session.started' });
    expect(await row.getByText('재무 감사').count()).toBe(2);
    expect(await page.locator('main').innerText()).not.toContain(keyId);
    expect(await browser.problems()).toEqual([]);
    await row.click();
    const actor = page.getByRole('dialog').getByRole('row', { name: text('audit.actor') });
    await actor.getByText(keyId).waitFor();
    expect(await browser.problems()).toEqual([]);
  });

  it('keeps what is typed in the settings when somebody else has changed them', async () => {
    const text = consoleTexts('en');
    const browser = await enter('en', 'light');
    const { page } = browser;
    await visit(browser, '/settings');
    const company = page.getByRole('region', { name: text('settings.company') });
    await company.getByLabel(text('settings.rate')).fill('1400');
    await company.getByLabel(text('settings.rateDate')).fill('2026-11-28');
    const theirs = { timezone: 'Europe/Paris', currency: 'USD', exchange_rate: null };
    expect((await gateway.admin('PUT', '/admin/settings', theirs)).status).toBe(200);
    const save = company.getByRole('button', { name: text('settings.save') });
    await save.click();
    const again = company.getByRole('button', { name: text('components.loadAgain') });
    await again.waitFor();
    browser.faults.splice(0);
    expect(await browser.problems()).toEqual([]);
    expect((await gateway.admin('GET', '/admin/settings')).body).toMatchObject(theirs);
    await again.click();
    await again.waitFor({ state: 'detached' });
    expect(await company.getByLabel(text('settings.timezone')).first().inputValue()).toBe('Europe/Paris');
    await save.click();
    await page.getByText(text('settings.saved')).waitFor();
    expect((await gateway.admin('GET', '/admin/settings')).body).toMatchObject({
      ...theirs,
      exchange_rate: { krw_per_usd: '1400', date: '2026-11-28' },
    });
  });

  it('finds models by what is typed at once, and closes a dialog before the drawer below it', async () => {
    const text = consoleTexts('en');
    const browser = await enter('en', 'light');
    const { page } = browser;
    await visit(browser, '/models');
    const find = page.getByLabel(text('models.find'));
    await find.pressSequentially('gpt-4.1-mini');
    expect(await find.inputValue()).toBe('gpt-4.1-mini');
    await page.waitForURL(/[?&]find=gpt-4\.1-mini(&|$)/);
    expect(await find.inputValue()).toBe('gpt-4.1-mini');
    await page.getByRole('row').filter({ hasText: 'gpt-4.1-mini' }).first().click();
    const drawer = page.getByRole('dialog', { name: 'gpt-4.1-mini', exact: true });
    await drawer.getByRole('button', { name: text('models.declare') }).click();
    const dialog = page.getByRole('dialog', { name: text('models.declareTitle', { name: 'gpt-4.1-mini' }) });
    await dialog.getByLabel(text('models.version')).fill('2026-11');
    await page.keyboard.press('Escape');
    await dialog.waitFor({ state: 'detached' });
    expect(await drawer.count()).toBe(1);
    await page.keyboard.press('Escape');
    await drawer.waitFor({ state: 'detached' });
    expect(browser.faults).toEqual([]);
  });

  it('acknowledges an alert, and ends a session', async () => {
    const text = consoleTexts('en');
    const { key } = await gateway.createKey({ role: 'auditor' });
    await gateway.request('POST', '/auth/session', undefined, { key });
    const browser = await enter('en', 'dark');
    const { page } = browser;
    await visit(browser, '/users');
    const sessions = page.locator('tbody tr');
    const before = await sessions.count();
    await page
      .getByRole('button', { name: text('users.end'), exact: true })
      .first()
      .click();
    expect(await browser.problems()).toEqual([]);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: text('users.end') })
      .click();
    await page.getByText(text('users.ended')).waitFor();
    await sessions.nth(before - 1).waitFor({ state: 'detached' });
    await visit(browser, '/alerts');
    const acknowledged = page.waitForResponse((response) => response.url().endsWith('/acknowledge'));
    await page
      .getByRole('button', { name: text('alerts.acknowledge') })
      .first()
      .click();
    await acknowledged;
    const { body } = await gateway.admin('GET', '/admin/alerts?acknowledged=true');
    expect(body.data.length).toBeGreaterThan(0);
    expect(await browser.problems()).toEqual([]);
  });

  it('shows names as text, whatever they are', async () => {
    const { teamId } = await gateway.createKey();
    for (const name of XSS_PAYLOADS) {
      expect((await gateway.admin('POST', '/admin/teams', { name })).status).toBe(201);
      expect((await gateway.admin('POST', `/admin/teams/${teamId}/keys`, { name })).status).toBe(201);
    }
    const browser = await enter('ko', 'light');
    const { page } = browser;
    const dialogs: string[] = [];
    page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    for (const path of [
      '/teams',
      `/teams/${teamId}`,
      `/teams/${teamId}/keys`,
      '/audit',
      '/getting-started',
      '/webhooks',
    ]) {
      await visit(browser, path);
      expect({ path, url: page.url().startsWith(gateway.url) }).toEqual({ path, url: true });
      expect(await page.evaluate('window.xss')).toBeUndefined();
      if (path === '/teams' || path.endsWith('/keys')) {
        const shown = await page.locator('main').innerText();
        // Spaces collapse on the screen.
        for (const name of XSS_PAYLOADS) expect(shown).toContain(name.replaceAll(/\s+/g, ' '));
      }
      expect({ path, faults: browser.faults.splice(0) }).toEqual({ path, faults: [] });
    }
    expect(dialogs).toEqual([]);
  });
});
