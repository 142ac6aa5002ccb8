import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Budget, UsageReport } from '@thriftgate/contracts';
import { formatKrw, formatUsd } from '../../libs/console/src/format';
import { ConsoleBrowser, describeInBrowser, type Visitor } from '../support/console-browser';
import { eventually } from '../support/eventually';
import { type RunningGateway, startGateway } from '../support/gateway';

const RATE = '1385.20';
const SEOUL_MS = 9 * 3_600_000;
const HALF_HOUR_MS = 1_800_000;
const PAGES = ['/', '/usage', '/savings', '/budgets', '/prices', '/statements'];
const MOST_CALLS = 6;
const PAYLOAD = `"><img src=x onerror="document.title='taken'">{{7*7}}`;

/** 00:30 in Seoul on the first of the next month: in UTC and in New York it is the month before. */
function nextFirst(): { atMs: number; day: string } {
  const seoul = new Date(Date.now() + SEOUL_MS);
  const firstMs = Date.UTC(seoul.getUTCFullYear(), seoul.getUTCMonth() + 1, 1);
  return { atMs: firstMs - SEOUL_MS + HALF_HOUR_MS, day: new Date(firstMs).toISOString().slice(0, 10) };
}

/** Finance and platform people read what calls cost, in won and by the clock of Seoul, and change a budget. */
describeInBrowser('the money pages of the console', () => {
  const { atMs, day } = nextFirst();
  let gateway: RunningGateway;
  let team: { teamId: string; key: string; keyId: string };
  let auditor: string;
  let budgetId: string;
  let open: ConsoleBrowser | undefined;

  const usage = async (query: string): Promise<UsageReport> =>
    (await gateway.admin('GET', `/admin/usage?${query}`)).body;
  const ofTheDay = () => usage(`from=${day}&to=${day}&timezone=Asia/Seoul&team_id=${team.teamId}`);

  beforeAll(async () => {
    gateway = await startGateway({
      env: {
        NODE_OPTIONS: `--require ${resolve(__dirname, '../support/shifted-clock.cjs')}`,
        CLOCK_SHIFT_MS: String(atMs - Date.now()),
      },
    });
    await gateway.admin('PUT', '/admin/settings', {
      timezone: 'Asia/Seoul',
      currency: 'KRW',
      exchange_rate: { krw_per_usd: RATE, date: '2026-11-27' },
    });
    team = await gateway.createKey({ name: PAYLOAD });
    auditor = (await gateway.createKey({ role: 'auditor' })).key;
    const budget = { team_id: team.teamId, limit_usd: '5', window: 'month', timezone: 'Asia/Seoul' };
    budgetId = (await gateway.admin<Budget>('POST', '/admin/budgets', budget)).body.id;
    await gateway.chat(team.key, 'What does a year cost?', {}, { 'x-gateway-tags': PAYLOAD.replaceAll(',', '') });
    await gateway.chat(team.key, 'What does a year cost?');
    await eventually(async () => (await ofTheDay()).total.requests === 2);
  });
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });
  afterAll(() => gateway.stop());

  const enter = async (key: string, visitor: Partial<Visitor> = {}) => {
    open = await ConsoleBrowser.open(gateway.url, { language: 'ko', theme: 'light', secrets: [key], ...visitor });
    await open.page.clock.setSystemTime(atMs);
    await open.visit('/sign-in');
    await open.signIn(key);
    await open.page.locator('nav a').first().waitFor();
    return open;
  };
  /** Visits a page and waits until it has loaded what it shows. @returns how many requests to the gateway that took */
  const load = async ({ page }: ConsoleBrowser, path: string): Promise<number> => {
    let calls = 0;
    const count = (request: { url(): string }) => {
      if (request.url().includes('/admin/')) calls += 1;
    };
    page.on('request', count);
    await page.goto(`${gateway.url}/console${path}`);
    await page.locator('h1').first().waitFor();
    await page.waitForLoadState('networkidle');
    await page.locator('.loading').first().waitFor({ state: 'detached' });
    page.off('request', count);
    return calls;
  };
  const content = (browser: ConsoleBrowser) => browser.page.locator('main').innerText();

  it('count a call at 00:30 in Seoul on the 1st in that month, the browser being in New York', async () => {
    const { total } = await ofTheDay();
    expect(total.cost_usd).not.toBe('0');
    const won = (usd: string, options = {}) => formatKrw(usd, RATE, 'ko', options);
    const browser = await enter(auditor);
    await load(browser, `/?team=${team.teamId}`);
    expect(await content(browser)).toContain(won(total.cost_usd, { compact: 'headline' }));
    expect(await content(browser)).toContain(formatUsd(total.cost_usd, 'ko'));

    await load(browser, `/usage?team=${team.teamId}`);
    const totals = browser.page.locator('tfoot');
    expect(await totals.innerText()).toContain(won(total.cost_usd, { about: false }));
    expect(await totals.innerText()).toContain(won(total.saved_usd, { about: false }));
    const [download] = await Promise.all([
      browser.page.waitForEvent('download'),
      browser.page.getByRole('button', { name: 'CSV', exact: true }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(new RegExp(`${day}_${day}-KST\\.csv$`));
    const csv = readFileSync((await download.path()) ?? '', 'utf8');
    expect(csv.startsWith('\ufeff')).toBe(true);
    expect(csv).toContain(`,${total.cost_usd},`);

    await load(browser, '/budgets');
    expect(await content(browser)).toContain(won(total.cost_usd, { about: false }));
    await load(browser, `/statements?team=${team.teamId}`);
    expect(await content(browser)).toContain(won(total.cost_usd));
    expect(browser.faults).toEqual([]);
  });

  it.each([
    ['ko', 'light'],
    ['en', 'dark'],
  ] as const)('are without a fault in %s and %s, with few requests', async (language, theme) => {
    const browser = await enter(gateway.adminKey, { language, theme });
    for (const path of PAGES) {
      const calls = await load(browser, path);
      expect({ path, problems: await browser.problems() }).toEqual({ path, problems: [] });
      expect({ path, sideways: await browser.sideways() }).toEqual({ path, sideways: [] });
      // Beside who is signed in.
      expect({ path, few: calls - 1 <= MOST_CALLS, calls }).toMatchObject({ path, few: true });
    }
    await load(browser, `/budgets?open=${budgetId}`);
    const dialog = browser.page.getByRole('dialog');
    await dialog.getByRole('table').first().waitFor();
    expect({ dialog: 'budget', problems: await browser.problems() }).toEqual({ dialog: 'budget', problems: [] });
    await dialog.getByRole('button', { name: language === 'ko' ? '한도 변경' : 'Change' }).click();
    await browser.page.locator('[data-autofocus]').first().waitFor();
    expect({ dialog: 'editor', problems: await browser.problems() }).toEqual({ dialog: 'editor', problems: [] });
    await load(browser, '/prices');
    await browser.page.getByRole('button', { name: language === 'ko' ? '단가 설정' : 'Set a price' }).click();
    await browser.page.getByRole('dialog').waitFor();
    expect({ dialog: 'price', problems: await browser.problems() }).toEqual({ dialog: 'price', problems: [] });
  });

  it('show what a limit would have meant, and change it', async () => {
    const browser = await enter(gateway.adminKey);
    await load(browser, '/budgets');
    await browser.page.locator('[data-row]').first().click();
    await browser.page.getByRole('button', { name: '한도 변경' }).click();
    const limit = browser.page.getByLabel('한도(달러)');
    await limit.fill('many');
    await browser.page.getByText('0보다 큰 달러 금액을 입력하세요').waitFor();
    await limit.fill('0.000001');
    await browser.page.getByText('이미 사용한 금액').waitFor();
    await browser.page.getByText('초과한 적이 없는 한도입니다').waitFor();
    await limit.fill('250.5');
    await browser.page.getByText('이미 사용한 금액').waitFor({ state: 'detached' });
    await browser.page.getByRole('button', { name: '저장' }).click();
    await browser.page.getByText('예산을 저장했고 바로 적용됩니다').waitFor();
    expect((await gateway.admin<Budget>('GET', `/admin/budgets/${budgetId}`)).body.limit_usd).toBe('250.5');
    expect(browser.faults).toEqual([]);
  });

  it('keep in the address what one filters, and show names of callers as text', async () => {
    const browser = await enter(auditor);
    await load(browser, '/usage?by=key');
    const name = browser.page.getByRole('button', { name: PAYLOAD });
    await name.click();
    await browser.page.waitForURL(new RegExp(`key=${team.keyId}`));
    await load(browser, '/usage?by=tag');
    await browser.page.getByText('img src=x').first().waitFor();
    expect(await browser.page.locator('main img').count()).toBe(0);
    expect(await browser.page.title()).not.toBe('taken');
    await browser.page.goBack();
    await browser.page.waitForURL(new RegExp(`key=${team.keyId}`));
    expect(browser.faults).toEqual([]);
  });

  it('let an auditor read and not write', async () => {
    const browser = await enter(auditor, { language: 'en' });
    for (const [path, button] of [
      ['/budgets', 'New budget'],
      ['/prices', 'Set a price'],
    ] as const) {
      await load(browser, path);
      expect(await browser.page.getByRole('button', { name: button }).count()).toBe(0);
    }
  });
});
