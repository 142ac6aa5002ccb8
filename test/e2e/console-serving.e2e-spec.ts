import { type RunningGateway, startGateway } from '../support/gateway';

/** The gateway serves the page and its assets, each with the headers that browsers and proxies need. */
describe('the console is served', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  const get = (path: string, headers: Record<string, string> = {}) =>
    fetch(gateway.url + path, { headers, redirect: 'manual' });

  it('as one page for every address, with a policy and a nonce of its own', async () => {
    const answers = await Promise.all(
      ['/console', '/console/', '/console/usage?from=7d', '/console/teams/a/keys'].map((path) => get(path)),
    );
    const nonces = await Promise.all(
      answers.map(async (answer) => {
        expect(answer.status).toBe(200);
        expect(Object.fromEntries(answer.headers)).toMatchObject({
          'content-type': 'text/html; charset=utf-8',
          'cache-control': 'no-store',
          'cross-origin-opener-policy': 'same-origin',
          'referrer-policy': 'no-referrer',
          'x-content-type-options': 'nosniff',
        });
        const policy = answer.headers.get('content-security-policy') ?? '';
        expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'nonce-");
        expect(policy).toContain("frame-ancestors 'none'");
        const [, nonce = ''] = /'nonce-([^']+)'/.exec(policy) ?? [];
        const html = await answer.text();
        expect(html).toContain(`nonce="${nonce}"`);
        expect(html).not.toMatch(/__[A-Z_]+__/);
        return nonce;
      }),
    );
    expect(new Set(nonces).size).toBe(nonces.length);
    expect((await get('/')).headers.get('location')).toBe('/console');
  });

  it('with assets that are compressed and stored for a year', async () => {
    const [, script = ''] = /src="([^"]+\.js)"/.exec(await (await get('/console')).text()) ?? [];
    const asset = await get(script, { 'accept-encoding': 'br' });
    expect(Object.fromEntries(asset.headers)).toMatchObject({
      'cache-control': 'public, max-age=31536000, immutable',
      'content-encoding': 'br',
      vary: 'accept-encoding',
      'x-content-type-options': 'nosniff',
    });
    await asset.arrayBuffer();
    const missing = await get('/console/assets/gone.js');
    expect([missing.status, missing.headers.get('content-type')]).toEqual([404, 'application/json; charset=utf-8']);
    expect((await get('/console/assets/..%2findex.html')).status).toBe(404);
  });

  it('and its version is named by what it asks', async () => {
    const [, version] = /name="gateway-version" content="([^"]+)"/.exec(await (await get('/console')).text()) ?? [];
    expect(version).toMatch(/^\d+\.\d+\.\d+\+[0-9a-f]{8}$/);
    expect((await get('/admin/me')).headers.get('x-gateway-version')).toBe(version);
    expect((await get('/v1/models')).headers.get('x-gateway-version')).toBeNull();
  });

  it('not with CONSOLE=off', async () => {
    const without = await startGateway({ env: { CONSOLE: 'off' }, fake: gateway.fake });
    try {
      for (const path of ['/', '/console', '/console/usage', '/console/assets/index.js'])
        expect((await fetch(without.url + path, { redirect: 'manual' })).status).toBe(404);
      expect(without.output).not.toContain('/console');
    } finally {
      await without.stop();
    }
  });

  it('is in no document of the API', async () => {
    const { paths } = (await (await get('/docs-json')).json()) as { paths: object };
    expect(Object.keys(paths).filter((path) => path.includes('console'))).toEqual([]);
  });
});
