import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright-core';

const PROGRAMS = ['chromium', 'chromium-browser', 'google-chrome'];
const TEXTS = resolve(__dirname, '../../libs/console/src/i18n');
const WIDTHS = [320, 768, 1280];
const HEIGHT = 800;
/** Of a cell with words, in a table on the narrowest screen. */
const NARROWEST_CELL = 100;
/** A loaded machine is slow. */
const PATIENCE_MS = 90_000;
const PAGE_SCRIPT = resolve(__dirname, 'console-page.js');
const AXE = readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8');
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The system's Chromium; undefined where there is none. */
export const chromiumPath = PROGRAMS.map(
  (program) => spawnSync('sh', ['-c', `command -v ${program}`], { encoding: 'utf8' }).stdout.trim() || undefined,
).find((path) => path !== undefined);

/** `describe` for stories that need a browser: skipped where there is none, which `npm test` says at its end. */
export const describeInBrowser = chromiumPath ? describe : describe.skip;

export interface Visitor {
  language: 'ko' | 'en';
  theme: 'light' | 'dark';
  /** What must be found nowhere in the page: not in its text, address and storage. */
  secrets: readonly string[];
}

/** A person's browser on the console, and what a visit of any page must not do. */
export class ConsoleBrowser {
  readonly faults: string[] = [];

  private constructor(
    private readonly browser: Browser,
    readonly page: Page,
    private readonly url: string,
    private readonly visitor: Visitor,
  ) {}

  static async open(url: string, visitor: Visitor): Promise<ConsoleBrowser> {
    const browser = await chromium.launch({ executablePath: chromiumPath, args: ['--headless', '--no-sandbox'] });
    const context = await browser.newContext({
      viewport: { width: WIDTHS[2] ?? 0, height: HEIGHT },
      locale: visitor.language === 'ko' ? 'ko-KR' : 'en-US',
      colorScheme: visitor.theme,
      // Neither the company's zone nor that of the server.
      timezoneId: 'America/New_York',
    });
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const opened = new ConsoleBrowser(browser, page, url, visitor);
    await opened.watch();
    return opened;
  }

  close(): Promise<void> {
    return this.browser.close();
  }

  /** Opens a page by its path below `/console`, and waits for its heading. */
  async visit(path: string): Promise<void> {
    await this.page.goto(`${this.url}/console${path}`);
    await this.page.locator('h1').first().waitFor();
  }

  async signIn(key: string): Promise<void> {
    await this.page.locator('input[type=password]').fill(key);
    await this.page.locator('button[type=submit]').click();
  }

  /** What is wrong with the page once it has loaded: what a visit must not do, and what axe finds. */
  async problems(): Promise<string[]> {
    await this.page.locator('.loading').first().waitFor({ state: 'detached' });
    return [
      ...this.faults.splice(0),
      ...(await this.inPage<string[]>('violated.splice(0)')),
      ...(await this.tooWide()),
      ...(await this.englishOnKorean()),
      ...(await this.secretsFound()),
      ...(await this.axe()),
    ];
  }

  /** The violations that axe finds, each with its element. */
  async axe(): Promise<string[]> {
    // By `evaluate`, which the page's policy allows; without a module system, which axe would look for.
    await this.page.evaluate(`const module = undefined; ${AXE}`);
    return this.inPage<string[]>(`violations(${JSON.stringify(AXE_TAGS)})`);
  }

  /** The tables that have to be scrolled sideways as the window is. */
  sideways(): Promise<string[]> {
    return this.inPage<string[]>('sideways()');
  }

  /** The size of the JS and CSS that the page has loaded since its address was opened, compressed. */
  loadedBytes(): Promise<number> {
    return this.inPage<number>('loadedBytes()');
  }

  private inPage<Answer>(call: string): Promise<Answer> {
    return this.page.evaluate<Answer>(`consolePage.${call}`);
  }

  private async watch(): Promise<void> {
    const { page, faults } = this;
    page.on('pageerror', ({ message }) => faults.push(`error: ${message}`));
    page.on('console', (message) => {
      if (message.type() === 'error') faults.push(`console: ${message.text()}`);
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(this.url) && !/^(data|blob):/.test(request.url()))
        faults.push(`request to another origin: ${request.url()}`);
    });
    await page.addInitScript({ path: PAGE_SCRIPT });
  }

  /** What does not fit: a page that scrolls sideways, and cells too narrow to be read. */
  private async tooWide(): Promise<string[]> {
    const wide: string[] = [];
    for (const width of WIDTHS) {
      await this.page.setViewportSize({ width, height: HEIGHT });
      const [scroll, client] = await this.inPage<[number, number]>('widths()');
      if (scroll > client) wide.push(`wider than ${width}: ${scroll}`);
      if (width !== WIDTHS[0]) continue;
      const slivers = await this.inPage<string[]>(`slivers(${NARROWEST_CELL})`);
      wide.push(...slivers.map((text) => `too narrow at ${width}: ${text}`));
    }
    return wide;
  }

  private async englishOnKorean(): Promise<string[]> {
    if (this.visitor.language !== 'ko') return [];
    const shown = await this.inPage<string[]>('texts()');
    const english = englishTexts();
    return [...new Set(shown)].filter((text) => english.has(text)).map((text) => `English on a Korean page: ${text}`);
  }

  private async secretsFound(): Promise<string[]> {
    const everything = await this.inPage<string>('everything()');
    return this.visitor.secrets.filter((secret) => everything.includes(secret)).map(() => 'a key stands in the page');
  }
}

/** All texts in English that are others in Korean. */
function englishTexts(): Set<string> {
  const read = (language: string, file: string) =>
    (require(join(TEXTS, language, file)) as { messages: Record<string, string> }).messages;
  return new Set(
    readdirSync(join(TEXTS, 'en')).flatMap((file) => {
      const korean = read('ko', file);
      return Object.entries(read('en', file)).flatMap(([id, text]) => (korean[id] === text ? [] : [text]));
    }),
  );
}
