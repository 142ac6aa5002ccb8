import { ConsoleBrowser, describeInBrowser, type Visitor } from '../support/console-browser';
import { consoleTexts } from '../support/console-texts';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

/** An administrator makes a team and a key, calls with it, and revokes it. */
describeInBrowser('a team and its key in the console', () => {
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

  const enter = async (visitor: Visitor, key: string, path = '/') => {
    open = await ConsoleBrowser.open(gateway.url, visitor);
    await open.visit(`/sign-in?to=${encodeURIComponent(`/console${path}`)}`);
    await open.signIn(key);
    await open.page.locator('nav a').first().waitFor();
    return open;
  };

  it.each([
    ['ko', 'light'],
    ['en', 'dark'],
  ] as const)('are made, used and revoked (%s, %s)', async (language, theme) => {
    const text = consoleTexts(language);
    const secrets = [gateway.adminKey];
    const browser = await enter({ language, theme, secrets }, gateway.adminKey, '/teams');
    const { page } = browser;
    const button = (id: string) => page.getByRole('button', { name: text(id), exact: true });
    const dialog = page.getByRole('dialog');

    await button('teams.create').click();
    const team = `검색 ${language}`;
    await dialog.getByRole('textbox').fill(team);
    expect(await browser.problems()).toEqual([]);
    await dialog.getByRole('button', { name: text('teams.save') }).click();
    await page.getByRole('heading', { level: 1, name: team }).waitFor();
    expect(await browser.problems()).toEqual([]);

    await page.getByRole('link', { name: text('teams.toKeys') }).click();
    await page.getByText(text('keys.none')).waitFor();
    await button('keys.issue').click();
    await dialog.getByLabel(text('keys.name')).fill('운영 키');
    expect(await browser.problems()).toEqual([]);
    await dialog.getByRole('button', { name: text('keys.issue') }).click();

    const secret = await page.locator('[data-secret]').first().innerText();
    expect(secret).toMatch(/^sk-tg-/);
    expect(await page.locator('[data-secret]').nth(1).innerText()).toBe(`export OPENAI_API_KEY=${secret}`);
    await page.keyboard.press('Escape');
    await page.mouse.click(5, 5);
    await button('keys.test').click();
    await dialog.getByText(language === 'ko' ? /사용 가능한 모델 \d+개/ : /\d+ models?\./).waitFor();
    expect(await browser.problems()).toEqual([]);
    await button('components.secretSaved').click();
    await dialog.waitFor({ state: 'detached' });
    secrets.push(secret);
    await page.getByRole('cell', { name: '운영 키', exact: true }).waitFor();
    expect(await browser.problems()).toEqual([]);

    const statuses = [];
    for (let call = 0; call < 2; call += 1) {
      const answer = await gateway.chat(secret, `a question in ${language}`);
      statuses.push(answer.headers.get('x-cache-status'));
    }
    expect(statuses).toEqual(['MISS', 'HIT']);
    const teamId = new URL(page.url()).pathname.split('/')[3];
    const used = await eventually(async () => {
      const { body } = await gateway.admin('GET', `/admin/usage?team_id=${teamId}&group_by=key`);
      return body.total.requests === 2 ? body.total : undefined;
    });
    await page.reload();
    const row = page.getByRole('row').filter({ hasText: '운영 키' });
    await row.getByRole('cell', { name: '2', exact: true }).waitFor();
    expect(await row.getByRole('link').innerText()).toBe(`$${Number(used.cost_usd).toFixed(6)}`);

    const acts = text('keys.acts', { name: '운영 키' });
    await page.getByRole('button', { name: acts }).click();
    await page.getByRole('menuitem', { name: text('keys.revoke') }).click();
    await dialog.getByText(text('keys.callsLastHour', { count: '2' })).waitFor();
    expect(await browser.problems()).toEqual([]);
    await dialog.getByRole('button', { name: text('keys.revoke') }).click();
    await page.getByText(text('keys.none')).waitFor();
    expect((await gateway.chat(secret, 'again')).status).toBe(401);

    await page.getByRole('button', { name: /^Account of|계정$/ }).click();
    await page.getByRole('menuitem', { name: text('shell.signOut') }).click();
    await page.waitForURL(/sign-in/);
    expect(await browser.problems()).toEqual([]);
  });

  it('rotates a key: the old one works until the grace period ends', async () => {
    const text = consoleTexts('en');
    const { teamId, key } = await gateway.createKey({ name: 'worker' });
    const browser = await enter(
      { language: 'en', theme: 'light', secrets: [key] },
      gateway.adminKey,
      `/teams/${teamId}/keys`,
    );
    const { page } = browser;
    await page.getByRole('button', { name: text('keys.acts', { name: 'worker' }) }).click();
    await page.getByRole('menuitem', { name: text('keys.rotate') }).click();
    await page.getByText(text('keys.rotateLead')).waitFor();
    expect(await browser.problems()).toEqual([]);
    await page
      .getByRole('dialog')
      .getByRole('button', { name: text('keys.rotate') })
      .click();
    const renewed = await page.locator('[data-secret]').first().innerText();
    expect(renewed).not.toBe(key);
    await page.getByRole('button', { name: text('components.secretSaved') }).click();
    await page.getByText(text('keys.state.replaced')).waitFor();
    expect([(await gateway.chat(key, 'old')).status, (await gateway.chat(renewed, 'new')).status]).toEqual([200, 200]);
  });

  it('changes a key as it was seen, and deletes a team', async () => {
    const text = consoleTexts('en');
    const { body: team } = await gateway.admin('POST', '/admin/teams', { name: 'for a while' });
    const created = await gateway.admin('POST', `/admin/teams/${team.id}/keys`, { name: 'worker', rpm_limit: 10 });
    const browser = await enter(
      { language: 'en', theme: 'light', secrets: [gateway.adminKey] },
      gateway.adminKey,
      `/teams/${team.id}/keys`,
    );
    const { page } = browser;
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: text('keys.acts', { name: 'worker' }) }).click();
    await page.getByRole('menuitem', { name: text('keys.edit') }).click();
    await dialog.getByLabel(text('keys.name')).fill('night worker');
    await gateway.admin('PATCH', `/admin/keys/${created.body.id}`, { rpm_limit: 20, name: 'day worker' });
    await dialog.getByRole('button', { name: text('keys.save') }).click();
    await dialog.getByRole('button', { name: text('components.loadAgain') }).click();
    await dialog.getByRole('alert').waitFor({ state: 'detached' });
    browser.faults.splice(0);
    await dialog.getByText(text('components.contested')).waitFor();
    expect(await browser.problems()).toEqual([]);
    await dialog.getByRole('button', { name: text('components.takeNewest') }).click();
    expect(await dialog.getByLabel(text('keys.name')).inputValue()).toBe('day worker');
    await dialog.getByLabel(text('keys.name')).fill('night worker');
    expect(await dialog.getByLabel(text('keys.limit')).inputValue()).toBe('20');
    await dialog.getByRole('button', { name: text('keys.save') }).click();
    await page.getByRole('cell', { name: 'night worker', exact: true }).waitFor();
    const { body: key } = await gateway.admin('GET', `/admin/keys/${created.body.id}`);
    expect([key.name, key.rpm_limit]).toEqual(['night worker', 20]);

    await gateway.admin('DELETE', `/admin/keys/${created.body.id}`);
    await browser.visit(`/teams/${team.id}`);
    await page.getByRole('button', { name: text('teams.delete') }).click();
    await dialog.getByRole('textbox').fill('for a while');
    await dialog.getByRole('button', { name: text('teams.delete') }).click();
    await page.waitForURL(/\/console\/teams(\?|$)/);
    await page.getByText(text('teams.deleted', { name: 'for a while' })).waitFor();
    await page.getByRole('link', { name: 'for a while', exact: true }).waitFor({ state: 'detached' });
    expect(browser.faults).toEqual([]);
  });

  it('shows a team admin the own team alone', async () => {
    const own = await gateway.createKey({ role: 'team_admin', name: 'leader' });
    const other = await gateway.createKey({ name: 'their key' });
    const names = new Map<string, string>(
      (await gateway.admin('GET', '/admin/teams')).body.data.map(({ id, name }: { id: string; name: string }) => [
        id,
        name,
      ]),
    );
    const browser = await enter({ language: 'en', theme: 'light', secrets: [own.key] }, own.key, '/teams');
    const { page } = browser;
    await page.getByRole('link', { name: names.get(own.teamId) ?? '', exact: true }).waitFor();
    expect(await page.locator('tbody tr').count()).toBe(1);
    expect(await page.getByRole('button', { name: consoleTexts('en')('teams.create') }).count()).toBe(0);
    expect(await browser.problems()).toEqual([]);
    await page.goto(`${gateway.url}/console/teams/${other.teamId}/keys`);
    await page.getByRole('alert').first().waitFor();
    const shown = await page.locator('body').innerText();
    expect(shown).not.toContain('their key');
    expect(shown).not.toContain(names.get(other.teamId));
    await page.goto(`${gateway.url}/console/teams/${other.teamId}`);
    await page.getByText(consoleTexts('en')('teams.gone')).waitFor();
  });
});
