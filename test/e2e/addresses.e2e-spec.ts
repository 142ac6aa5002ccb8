import OpenAI from 'openai';
import type { RunningGateway } from '../support/gateway';
import { sharedGateway } from '../support/shared-gateway';

describe('addresses', () => {
  let gateway: RunningGateway;
  let key: string;

  beforeAll(async () => {
    gateway = await sharedGateway();
    ({ key } = await gateway.createKey());
  });

  afterAll(() => gateway?.stop());

  const chat = (path: string, headers: Record<string, string> = {}) =>
    gateway.request('POST', path, key, { model: 'gpt-4.1', messages: [{ role: 'user', content: path }] }, headers);

  it.each([
    '/chat/completions',
    '/chat/completions/',
    '//chat//completions',
    '/v1/chat/completions/',
    '/v1//chat/completions',
    '//v1/chat/completions?api-version=2024-10-21',
    '/v1/v1/chat/completions',
    '/v1//v1/v1/chat/completions//',
  ])('C5: POST %s is POST /v1/chat/completions', async (path) => {
    const { status, body } = await chat(path);
    expect([status, body.object]).toEqual([200, 'chat.completion']);
  });

  it.each([
    '/models',
    '/models/',
    '/v1/models/',
    '/v1/v1/models?limit=1',
    '/batches',
    '/files',
    '/usage',
    '/v1/files//',
  ])('C5: GET %s is the list under /v1', async (path) => {
    expect((await gateway.request('GET', path, key)).status).toBe(200);
  });

  it.each(['', '/', '/v1', '/v1/', '//v1', '/v1/v1'])(
    "C5: OpenAI's client works with the base URL ending in %j",
    async (end) => {
      const client = new OpenAI({ apiKey: key, baseURL: gateway.url + end, maxRetries: 0 });
      const { id } = await client.models.retrieve('gpt-4.1');
      expect(id).toBe('gpt-4.1');
      const messages = [{ role: 'user' as const, content: `base URL ${end}` }];
      const { choices } = await client.chat.completions.create({ model: 'gpt-4.1', messages });
      expect(choices).toHaveLength(1);
    },
  );

  it('C5: both spellings are the same call for an Idempotency-Key', async () => {
    const headers = { 'idempotency-key': `spelling-${Date.now()}` };
    const body = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'once' }], use_cache: false };
    const first = await gateway.request('POST', '/v1/chat/completions', key, body, headers);
    const second = await gateway.request('POST', '/chat/completions/', key, body, headers);
    expect([second.status, second.body]).toEqual([200, first.body]);
  });

  it('C5: other spellings need the same key and role', async () => {
    for (const path of ['/models', '/v1/v1/files', '//admin//teams/']) {
      expect([path, (await gateway.request('GET', path, undefined)).status]).toEqual([path, 401]);
    }
    expect((await gateway.request('GET', '//admin//teams/', key)).status).toBe(403);
    expect((await gateway.admin('GET', '//admin//teams/')).status).toBe(200);
  });

  it.each([
    ['POST', '/v1/completions', 'POST /v1/chat/completions'],
    ['POST', '/v1/chat/completion', 'POST /v1/chat/completions'],
    ['POST', '/api/v1/chat/completions', 'POST /v1/chat/completions'],
    ['POST', '/v1/chat/completions/chat/completions', 'POST /v1/chat/completions'],
    ['GET', '/v1/model', 'GET /v1/models'],
    ['GET', '/v1/batch/batch_X', 'GET /v1/batches/{id}'],
    ['POST', '/v1/batches/batch_X/cancle', 'POST /v1/batches/{id}/cancel'],
    ['GET', '/admin/team', 'GET /admin/teams'],
    ['GET', '/v1/admin/teams', 'GET /admin/teams'],
    ['GET', '/healthz', undefined],
    ['GET', '/v1/reports/report_with_a_long_id_X', undefined],
    ['GET', '/v1/filse/file_with_a_long_id_X', 'GET /v1/files/{id}'],
    ['POST', '/v1/embedding', 'POST /v1/embeddings'],
    ['GET', '/wp-login.php?key=sk-secret', undefined],
  ])('C5: %s %s is a 404 that says what is meant: %s', async (method, path, meant) => {
    const { status, body } = await gateway.request(method, path, key);
    expect([status, body.error.code]).toEqual([404, 'not_found']);
    expect(body.error.message).toContain(`no ${method} ${path.split('?', 1)[0]} `);
    expect(/Did you mean (.*)\?/.exec(body.error.message)?.[1]).toBe(meant);
    expect(body.error.message).not.toContain('sk-secret');
  });

  it.each([
    ['POST', '/v1/uploads/upload_X/cancel', "OpenAI's uploads"],
    ['POST', '/v1/fine_tuning/jobs/job_X/cancel', "OpenAI's fine_tuning"],
    ['POST', '/v1/audio/transcriptions', "OpenAI's audio"],
    ['POST', '/audio/transcriptions', "OpenAI's audio"],
    ['DELETE', '/v1/vector_stores/store_X/files/file_X', "OpenAI's vector_stores"],
    ['GET', '/openai/containers/container_X/files', "OpenAI's containers"],
    ['GET', '/v1/organization/usage/completions?limit=1', "OpenAI's organization"],
    ['GET', '/v1/chat/completions/completion_X', 'keeps no completions'],
    ['POST', '/v1/chat/completions/completion_X', 'keeps no completions'],
    ['GET', '/v1/chat/completions/completion_X/messages', 'keeps no completions'],
  ])('C5: %s %s is a 404 that says what is not served, without a guess', async (method, path, part) => {
    const { status, body } = await gateway.request(method, path, key);
    expect([status, body.error.code]).toEqual([404, 'not_found']);
    expect(body.error.message).toContain(part);
    expect(body.error.message).toContain(`no ${method} ${path.split('?', 1)[0]} `);
    expect(body.error.message).not.toContain('Did you mean');
  });

  it.each([
    ['GET', '/v1/chat/completions', 'POST'],
    ['DELETE', '/v1/batches/batch_X', 'GET, HEAD'],
    ['PUT', '/v1/files/', 'GET, HEAD, POST'],
    ['POST', '/v1/models/gpt-4.1', 'GET, HEAD'],
    ['DELETE', '/admin/teams', 'GET, HEAD, POST'],
    ['OPTIONS', '/v1/models', 'GET, HEAD'],
  ])('N12: %s %s is a 405 with Allow: %s', async (method, path, allow) => {
    const { status, headers, body } = await gateway.request(method, path, key);
    expect([status, body.error.code, headers.get('allow')]).toEqual([405, 'method_not_allowed', allow]);
    expect(body.error.message).toContain(allow);
  });

  it('the pages of the documentation are where they were', async () => {
    for (const path of ['/docs', '/docs/', '/docs/swagger-ui.css', '/docs-json', '/health/live', '/health/live/']) {
      expect([path, (await fetch(gateway.url + path)).status]).toEqual([path, 200]);
    }
  });
});
