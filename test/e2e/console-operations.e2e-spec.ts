import { ConsoleBrowser, describeInBrowser, type Visitor } from '../support/console-browser';
import { type RunningGateway, startGateway } from '../support/gateway';

/** Markup that must stay text wherever a name of it is shown. */
const MARKUP = '<img src=x onerror=alert(1)>';
const QUESTION = '하늘은 왜 파란가요?';

/** People ask in the playground, look the call up, invalidate what is stored, and run a batch from a file. */
describeInBrowser('the operations pages of the console', () => {
  let gateway: RunningGateway;
  let open: ConsoleBrowser | undefined;

  beforeAll(async () => {
    gateway = await startGateway();
    await gateway.createKey({ name: MARKUP });
  });
  afterEach(async () => {
    await open?.close();
    open = undefined;
  });
  afterAll(() => gateway.stop());

  const enter = async (path: string, visitor: Partial<Visitor> = {}, key = gateway.adminKey) => {
    open = await ConsoleBrowser.open(gateway.url, {
      language: 'ko',
      theme: 'light',
      secrets: [key],
      ...visitor,
    });
    await open.visit('/sign-in');
    await open.signIn(key);
    await open.page.locator('nav').first().waitFor({ state: 'attached' });
    await open.visit(path);
    return open;
  };
  const admin = <Body>(path: string) => gateway.admin<Body>('GET', path);

  it('a team admin invalidates the responses of the own team', async () => {
    const { key } = await gateway.createKey({ role: 'team_admin' });
    const ask = async () => (await gateway.chat(key, 'a response of one team')).headers.get('x-cache-status');
    expect([await ask(), await ask()]).toEqual(['MISS', 'HIT']);
    const browser = await enter('/cache', {}, key);
    const { page } = browser;
    await page.getByRole('button', { name: '무효화…' }).first().click();
    await page.getByRole('button', { name: '미리 실행' }).click();
    await page.getByText('되돌릴 수 없습니다').waitFor();
    // The button that led here is gone: the focus is at the heading of the step, not lost.
    const focused = page.locator(':focus');
    expect(await focused.innerText()).toContain('2단계');
    expect(await browser.problems()).toEqual([]);
    await page.getByRole('button', { name: /응답 .*개 무효화/ }).click();
    await page.getByText('무효화했습니다').waitFor();
    expect(await focused.innerText()).toContain('3단계');
    expect(await browser.problems()).toEqual([]);
    expect(await ask()).toBe('MISS');
  });

  it('a question is a MISS, then a HIT, then found by its id, invalidated, and a MISS again', async () => {
    const browser = await enter('/playground?stream=off');
    const { page } = browser;
    const send = async (status: string, count: number) => {
      await page.getByRole('button', { name: '보내기' }).click();
      await page
        .locator('main')
        .getByText(status, { exact: true })
        .nth(count - 1)
        .waitFor();
    };
    await page.getByText('실제 비용이 듭니다').waitFor();
    await page.getByLabel('메시지').fill(QUESTION);
    await send('MISS', 1);
    await send('HIT', 1);
    await page.getByText('같은 질문:').waitFor();
    expect(await browser.problems()).toEqual([]);

    await page.getByText('요청 로그에서 보기').first().click();
    await page.getByRole('complementary').getByText('캐시에서 응답했습니다. 공급자를 호출하지 않았습니다.').waitFor();
    const id = new URL(page.url()).searchParams.get('request') ?? '';
    expect(id).toMatch(/^[0-9A-Z]{26}$/);
    expect(await browser.problems()).toEqual([]);

    await browser.visit('/cache');
    await page.getByRole('button', { name: '무효화…' }).first().click();
    await page.getByRole('radio', { name: '전체' }).click();
    await page.getByRole('button', { name: '미리 실행' }).click();
    await page.getByText('되돌릴 수 없습니다').waitFor();
    expect(await browser.problems()).toEqual([]);
    const run = page.getByRole('button', { name: /응답 .*개 무효화/ });
    expect(await run.isDisabled()).toBe(true);
    await page.getByRole('dialog').getByRole('textbox').fill('all');
    await run.click();
    await page.getByText('무효화했습니다').waitFor();

    await browser.visit('/playground?stream=off');
    await page.getByLabel('메시지').fill(QUESTION);
    await send('MISS', 1);
    const { body } = await admin<{ data: { cache_status: string; tags: string[] }[] }>(
      '/admin/requests?tag=playground',
    );
    expect(body.data.map(({ cache_status: status }) => status)).toEqual(['MISS', 'HIT', 'MISS']);
  });

  it('a file with a fault is refused line by line, and a good one runs to its results', async () => {
    const browser = await enter('/batches?new=yes', { language: 'en', theme: 'dark' });
    const { page } = browser;
    const line = (id: string, content: string) =>
      JSON.stringify({ custom_id: id, body: { model: 'gpt-4.1', messages: [{ role: 'user', content }] } });
    const choose = (name: string, text: string) =>
      page.locator('input[type=file]').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
    await choose('bad.jsonl', `${line('a', 'One')}\n{"custom_id": \n${line('a', 'Two')}\n`);
    await page.getByText('2 faults').waitFor();
    await page.getByText('custom_id is also on line 1').waitFor();
    expect(await browser.problems()).toEqual([]);

    await choose('good.jsonl', `${line('a', 'One')}\n${line('b', 'Two')}\n${line('c', 'One')}\n`);
    await page.getByText('3 lines, no faults').waitFor();
    await page.getByRole('button', { name: 'Upload and quote' }).click();
    await page.getByText('Likely cost').waitFor();
    expect(await browser.problems()).toEqual([]);
    await page.getByLabel('Name of the batch').fill(MARKUP);
    await page.getByRole('button', { name: 'Start the batch' }).click();
    await page.locator('h1').getByText(MARKUP).waitFor();
    // The stages name the end from the start; the current one is the state.
    await page.locator('[aria-current=step]').getByText('Completed').waitFor({ timeout: 60_000 });
    expect(await browser.problems()).toEqual([]);

    const id = new URL(page.url()).searchParams.get('batch') ?? '';
    const { body } = await admin<{ gateway: { cost_usd: string }; status: string }>(`/admin/batches/${id}`);
    expect(body.status).toBe('completed');
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('link', { name: 'Results' }).click(),
    ]);
    expect(await download.failure()).toBeNull();
    await page.getByRole('button', { name: 'All batches' }).click();
    await page.getByText(MARKUP).waitFor();
    expect(await page.locator('img').count()).toBe(0);
  });

  it.each([
    ['ko', 'dark'],
    ['en', 'light'],
  ] as const)(
    'the request log is filtered as text, and each page is without a fault in %s and %s',
    async (language, theme) => {
      const browser = await enter('/requests?q=cache:MISS', { language, theme });
      const { page } = browser;
      const { body } = await admin<{ data: object[] }>('/admin/requests?cache_status=MISS');
      await page.locator('[role=row][data-index]').first().waitFor();
      expect(await page.locator('[role=row][data-index]').count()).toBe(body.data.length);
      expect(await browser.problems()).toEqual([]);
      const field = page.locator('[data-filter]');
      await field.fill('nonsense');
      await field.press('Enter');
      await page
        .locator('[class*=InputWrapper-error], [class*=Input-error], .mantine-InputWrapper-error')
        .first()
        .waitFor();
      await field.fill('model:gpt-4.1');
      await field.press('Enter');
      await page.waitForURL(/model%3Agpt-4.1/);
      await page.locator('[role=row][data-index]').first().click();
      await page.getByRole('complementary').getByText('curl').first().waitFor();
      const opened = () => new URL(page.url()).searchParams.get('request');
      const first = opened();
      await page.keyboard.press('ArrowDown');
      await page.waitForURL(() => opened() !== null && opened() !== first);
      expect(await browser.problems()).toEqual([]);
      for (const path of ['/cache', '/cache?model=gpt-4.1&invalidate=yes', '/batches', '/playground']) {
        await browser.visit(path);
        await page.waitForTimeout(500);
        expect({ path, problems: await browser.problems() }).toEqual({ path, problems: [] });
      }
    },
  );
});
