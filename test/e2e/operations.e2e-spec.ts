import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import OpenAI from 'openai';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import { type RunningGateway, startGateway } from '../support/gateway';

const ENTRY = resolve(__dirname, '../../dist/src/main.js');

/** Operators run the gateway. */
describe('operations', () => {
  let gateway: RunningGateway;

  beforeAll(async () => {
    gateway = await startGateway();
  });
  afterAll(() => gateway.stop());

  it('lists all configuration errors and exits with 78', () => {
    const directory = mkdtempSync(join(tmpdir(), 'thriftgate-config-'));
    writeFileSync(
      join(directory, 'gateway.yaml'),
      'models:\n  m:\n    deployments: [{ provider: nobody, model: x, prority: 1 }]\nproviders:\n  p: { type: openai, api_key: "${NOT_SET}" }\n',
    );
    const env = {
      PATH: process.env.PATH,
      PORT: 'abc',
      LOG_LEVEL: 'loud',
      DATABASE_URL: 'mysql://x',
      ADMIN_KEY: 'short',
    };
    const { status, stderr } = spawnSync(process.execPath, [ENTRY], { cwd: directory, env, encoding: 'utf8' });
    expect(status).toBe(78);
    for (const name of ['PORT', 'LOG_LEVEL', 'DATABASE_URL', 'ADMIN_KEY', 'NOT_SET', 'prority'])
      expect(stderr).toContain(name);
    expect(stderr).not.toContain('    at ');
    rmSync(directory, { recursive: true });
  });

  it('starts no simulator instead of a missing provider key with a shared database (N1)', () => {
    const directory = mkdtempSync(join(tmpdir(), 'thriftgate-config-'));
    const env = { PATH: process.env.PATH, DATABASE_URL: 'postgres://127.0.0.1:1/x', SECRET_KEY: 'x'.repeat(16) };
    const { status, stderr } = spawnSync(process.execPath, [ENTRY], { cwd: directory, env, encoding: 'utf8' });
    expect(status).toBe(78);
    expect(stderr).toMatch(
      /^The configuration has 1 error:\n {2}- SIMULATOR: .*no provider has a key.*OPENAI_API_KEY.*\n$/,
    );
    rmSync(directory, { recursive: true });
  });

  it('refuses a data directory that is in use, with a message', async () => {
    const env = { ...gateway.env, PORT: String(await freePort()) };
    const { status, stderr } = spawnSync(process.execPath, [ENTRY], { env, encoding: 'utf8' });
    expect(status).toBe(1);
    expect(stderr).toContain(`in use by process ${gateway.pid}`);
    expect((await fetch(`${gateway.url}/health/ready`)).status).toBe(200);
  });

  it('starts without settings: prints the admin key once, and the simulator responds', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'thriftgate-first-'));
    const port = await freePort();
    const start = async () => {
      const child = spawn(process.execPath, [ENTRY], {
        cwd: directory,
        env: { PATH: process.env.PATH, PORT: String(port) },
      });
      let output = '';
      child.stdout.on('data', (data) => (output += data));
      await eventually(() => output.includes('Try it'), 90_000).catch((error: unknown) => {
        child.kill('SIGKILL');
        throw error;
      });
      return {
        output: () => output,
        stop: () => new Promise((ended) => (child.once('exit', ended), child.kill('SIGTERM'))),
      };
    };
    const first = await start();
    const adminKey = /sk-tg-admin-[\w-]+/.exec(first.output())?.[0];
    expect(first.output()).toContain(`http://127.0.0.1:${port}/docs`);
    expect(first.output()).toContain('simulator');
    const command = /curl [\s\S]*'\{.*\}'/.exec(first.output())?.[0] ?? '';
    const { stdout } = spawnSync('sh', ['-c', command.replace('curl', 'curl -si')], { encoding: 'utf8' });
    expect(stdout).toContain('x-gateway-provider: simulator');
    expect(statSync(join(directory, 'data/secret.key')).mode & 0o777).toBe(0o600);
    await first.stop();
    const second = await start();
    expect(second.output()).not.toContain(adminKey);
    const models = await fetch(`http://127.0.0.1:${port}/v1/models`, {
      headers: { authorization: `Bearer ${adminKey}` },
    });
    expect(((await models.json()) as any).data[0].owned_by).toBe('simulator');
    await second.stop();
    rmSync(directory, { recursive: true });
  });

  it('serves the OpenAPI document of docs/openapi.json, and Swagger UI', async () => {
    const document: unknown = await (await fetch(`${gateway.url}/docs-json`)).json();
    expect(document).toEqual(JSON.parse(readFileSync(resolve(__dirname, '../../docs/openapi.json'), 'utf8')));
    const page = await fetch(`${gateway.url}/docs`);
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('swagger-ui');
  });

  it('requires a key for every documented route except health and sign-in, in any spelling of the path', async () => {
    const document = (await (await fetch(`${gateway.url}/docs-json`)).json()) as any;
    for (const [path, operations] of Object.entries<any>(document.paths)) {
      for (const method of Object.keys(operations)) {
        const plain = path.replaceAll(/\{\w+\}/g, 'x');
        for (const spelled of [
          plain,
          `${plain}/`,
          plain.replace('/v1', '/%761').replace('/admin', '/%61dmin'),
          `/${plain}`,
          `${plain}?key=x`,
          plain.toUpperCase(),
        ]) {
          const { status } = await fetch(gateway.url + spelled, { method: method.toUpperCase() });
          if (path.startsWith('/health') || path === '/auth/session') continue;
          expect({ spelled, method, status: [401, 404].includes(status) }).toEqual({ spelled, method, status: true });
        }
      }
    }
  });

  it('writes JSON logs with request ids and without secrets', async () => {
    const { key } = await gateway.createKey();
    const { headers } = await gateway.chat(key, 'a prompt that must not be logged');
    await gateway.chat(key, '[[status=401]] another one');
    await eventually(() => gateway.output.includes(headers.get('x-request-id') ?? '-'));
    const lines = gateway.output.split('\n').filter((line) => line.startsWith('{'));
    for (const line of lines) expect(() => JSON.parse(line)).not.toThrow();
    expect(lines.some((line) => line.includes(headers.get('x-request-id') ?? '-'))).toBe(true);
    for (const secret of [key, gateway.adminKey, 'sk-upstream-secret', 'must not be logged'])
      expect(gateway.output).not.toContain(secret);
    for (const file of ['database', 'journal'])
      if (existsSync(join(gateway.dataDirectory, file))) {
        const grep = spawnSync(
          'grep',
          ['-rlaF', '-e', key, '-e', gateway.adminKey, '-e', 'sk-upstream-secret', join(gateway.dataDirectory, file)],
          { encoding: 'utf8' },
        );
        expect(grep.stdout).toBe('');
      }
  });

  it('ends running calls on SIGTERM and accepts no new ones', async () => {
    const { key } = await gateway.createKey();
    const running = gateway.chat(key, '[[words=30 gap=100]] run to the end', { stream: true });
    await eventually(() => gateway.fake.calls.some(({ body }) => JSON.stringify(body)?.includes('run to the end')));
    const ended = gateway.terminate();
    await delay(200);
    const ready = await fetch(`${gateway.url}/health/ready`)
      .then(({ status }) => status)
      .catch(() => 'refused');
    expect(['refused', 503]).toContain(ready);
    const { body } = await running;
    expect(body).toContain('word30');
    expect(body).toContain('data: [DONE]');
    expect(await ended).toBe(0);
    expect(existsSync(join(gateway.dataDirectory, 'lock'))).toBe(false);
    await gateway.start();
    expect(readFileSync(join(gateway.dataDirectory, 'lock'), 'utf8')).toContain(String(gateway.pid));
  });

  it('cuts a stream whose client has disconnected on SIGTERM, and books its tokens', async () => {
    const { key } = await gateway.createKey();
    const openai = new OpenAI({ apiKey: key, baseURL: `${gateway.url}/v1`, maxRetries: 0 });
    const prompt = '[[words=1000 gap=20]] left before the end';
    const messages = [{ role: 'user' as const, content: prompt }];
    const stream = await openai.chat.completions.create({ model: 'gpt-4.1', stream: true, messages });
    for await (const { choices } of stream) if (choices[0]?.delta.content) break;
    const call = gateway.fake.calls.find(({ body }) => JSON.stringify(body)?.includes(prompt))!;
    const { requestId } = call;
    await delay(100);
    expect(await gateway.terminate()).toBe(0);
    // In the three seconds for which the stream would have been read further, the upstream sends 150 words.
    expect(call.billed?.completion_tokens).toBeLessThan(140);
    await gateway.start();
    const row = await eventually(
      async () => (await gateway.admin('GET', `/admin/requests?request_id=${requestId}`)).body.data[0],
    );
    expect(row).toMatchObject({ state: 'settled', status: 499, error_code: 'client_closed_request', estimated: true });
  });

  it('N3: does not start under another SECRET_KEY than the database was made with', async () => {
    await gateway.terminate();
    const env = { ...gateway.env, SECRET_KEY: 'another-secret-key-of-32-characters' };
    const options = { env, cwd: gateway.dataDirectory, encoding: 'utf8' as const, timeout: 60_000 };
    const { status, stderr } = spawnSync(process.execPath, [ENTRY], options);
    expect([status, stderr]).toEqual([78, expect.stringContaining('SECRET_KEY: is not the one')]);
    expect(stderr).not.toContain('    at ');
    await gateway.start();
  });
});
