import { type RunningGateway, startGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

const PREFLIGHT = {
  origin: 'https://app.example',
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization, content-type, x-stainless-os',
};

const preflight = async (gateway: RunningGateway, path: string, headers: Record<string, string> = {}) => {
  const response = await fetch(gateway.url + path, { method: 'OPTIONS', headers: { ...PREFLIGHT, ...headers } });
  const text = await response.text();
  return { status: response.status, headers: response.headers, body: text && JSON.parse(text) };
};

describe('browsers, without CORS_ORIGINS', () => {
  let gateway: RunningGateway;
  beforeAll(async () => (gateway = await sharedGateway()));
  afterAll(() => gateway?.stop());

  it('C6: get a 404 that names the setting', async () => {
    for (const path of ['/v1/chat/completions', '/chat/completions', '/v1/none']) {
      const { status, headers, body } = await preflight(gateway, path);
      expect([status, body.error.code]).toEqual([404, 'not_found']);
      expect(body.error.message).toContain('CORS_ORIGINS');
      expect(headers.get('access-control-allow-origin')).toBeNull();
    }
  });

  it('C6: get responses that they show to no page', async () => {
    const { key } = await gateway.createKey();
    const { headers } = await gateway.request('GET', '/v1/models', key, undefined, { origin: 'https://app.example' });
    expect(headers.get('access-control-allow-origin')).toBeNull();
    expect(headers.get('vary')).toBeNull();
  });
});

describe('browsers, with CORS_ORIGINS', () => {
  let gateway: RunningGateway;
  let key: string;
  beforeAll(async () => {
    gateway = await startGateway({ env: { CORS_ORIGINS: 'https://App.example:443, http://localhost:5173' } });
    ({ key } = await gateway.createKey());
  });
  afterAll(() => gateway?.stop());

  it.each(['https://app.example', 'http://localhost:5173'])('C6: may call /v1 from %s', async (origin) => {
    const allowed = await preflight(gateway, '/v1/chat/completions', { origin });
    expect(allowed.status).toBe(204);
    expect(Object.fromEntries(allowed.headers)).toMatchObject({
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, POST, DELETE',
      'access-control-allow-headers': PREFLIGHT['access-control-request-headers'],
      'access-control-max-age': '3600',
      vary: 'Origin',
    });
    const stream = await gateway.chat(key, 'from a page', { stream: true }, { origin });
    const calls = [
      stream,
      await gateway.chat(key, 'from a page', {}, { origin }),
      await gateway.request('GET', '/models', key, undefined, { origin }),
      await gateway.request('GET', '/v1/models', 'sk-wrong', undefined, { origin }),
      await gateway.request('GET', '/v1/none', key, undefined, { origin }),
    ];
    expect(calls.map(({ status }) => status)).toEqual([200, 200, 200, 401, 404]);
    for (const { headers } of calls) {
      expect(headers.get('access-control-allow-origin')).toBe(origin);
      expect(headers.get('access-control-expose-headers')).toBe('*');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
    }
  });

  it('C6: may call neither from another origin, nor /admin', async () => {
    const other = await preflight(gateway, '/v1/chat/completions', { origin: 'https://app.example.evil.example' });
    expect([other.status, other.body.error.code]).toEqual([404, 'not_found']);
    expect(other.body.error.message).toContain('CORS_ORIGINS');
    const admin = await preflight(gateway, '/admin/teams');
    expect(admin.status).toBe(404);
    expect(admin.body.error.message).toContain('/v1');
    const headers = { origin: 'https://app.example' };
    const teams = await gateway.request('GET', '/admin/teams', gateway.adminKey, undefined, headers);
    expect([teams.status, teams.headers.get('access-control-allow-origin')]).toEqual([200, null]);
  });
});
