import { spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { freePort } from '../support/free-port';
import { type RunningGateway, startGateway } from '../support/gateway';

const ENTRY = resolve(__dirname, '../../dist/src/main.js');

/** Connections without a call, and at the end of the process. */
describe('connections', () => {
  let gateway: RunningGateway;
  let port: number;

  beforeAll(async () => {
    gateway = await startGateway({ env: { DRAIN_TIMEOUT_S: '2' } });
    port = Number(new URL(gateway.url).port);
  });
  afterAll(() => gateway?.stop());

  /** Sends raw bytes. @returns all bytes until the connection ends, or for some time */
  const exchange = (bytes: string, waitMs = 3_000) =>
    new Promise<string>((done) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
      let text = '';
      const end = () => (socket.destroy(), done(text));
      socket.on('data', (data) => (text += data.toString()));
      socket.on('close', end).on('error', end);
      setTimeout(end, waitMs);
    });
  const partsOf = (answer: string) => {
    const [head = '', body = ''] = answer.split('\r\n\r\n');
    return { status: Number(head.split(' ')[1]), head: head.toLowerCase(), body: JSON.parse(body) };
  };

  it.each([
    ['no HTTP', 'nonsense\r\n\r\n', 400],
    ['an unknown method', 'FOO / HTTP/1.1\r\nhost: x\r\n\r\n', 400],
    [
      'two body lengths',
      'POST /v1/models HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
      400,
    ],
    ['headers that are too long', `GET /v1/models HTTP/1.1\r\nhost: x\r\nx-long: ${'x'.repeat(40_000)}\r\n\r\n`, 431],
  ])('get an error in OpenAI’s shape: %s', async (_what, bytes, expected) => {
    const { status, head, body } = partsOf(await exchange(bytes));
    expect(status).toBe(expected);
    expect(head).toMatch(/x-request-id: \w{26}/);
    expect(body.error).toEqual({
      message: expect.any(String),
      type: 'invalid_request_error',
      param: null,
      code: 'invalid_request',
    });
  });

  it('get a 401 without a key before the body is read or parsed', async () => {
    const call = (key: string) =>
      `POST /v1/batches HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nauthorization: Bearer ${key}\r\n` +
      'content-length: 300000000\r\n\r\n';
    const { status, body } = partsOf(await exchange(call('sk-tg-nobody'), 1_000));
    expect([status, body.error.code]).toEqual([401, 'invalid_api_key']);
    expect(await exchange(call(gateway.adminKey), 500)).toBe('');
    const chat = {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: 'Bearer bad' },
      body: '{',
    };
    const response = await fetch(`${gateway.url}/v1/chat/completions`, chat);
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
    // A form is read to its end, so that the client can read the response.
    const large = { ...chat, body: `"${'x'.repeat(5_000_000)}"` };
    expect((await fetch(`${gateway.url}/v1/chat/completions`, large)).status).toBe(401);
  });

  it.each(['{"__proto__":{"x":1},"model":"gpt-4.1"}', '{"constructor":{"prototype":{"x":1}}}'])(
    'get an error that names the problem: %s',
    async (body) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${gateway.adminKey}` };
      const response = await fetch(`${gateway.url}/v1/chat/completions`, { method: 'POST', headers, body });
      const { error } = (await response.json()) as any;
      expect([response.status, error.code]).toEqual([400, 'invalid_json']);
      expect(error.message).toContain('__proto__');
    },
  );

  it('end with an error if calls exceed the drain time, and at once if they are idle', async () => {
    const { key } = await gateway.createKey();
    const silent = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1', () => silent[1]?.write('GET /v1'))];
    for (const socket of silent) socket.on('error', () => undefined);
    const long = {
      model: 'gpt-4.1',
      messages: [{ role: 'user', content: '[[words=200 gap=100]] too long' }],
      stream: true,
    };
    const stream = await fetch(`${gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify(long),
    });
    const read = stream.text();
    const whole = gateway.chat(key, '[[delay=20000]] too late');
    await eventually(() => gateway.fake.calls.some(({ body }) => JSON.stringify(body)?.includes('too late')));
    const startedAt = Date.now();
    expect(await gateway.terminate()).toBe(0);
    expect(Date.now() - startedAt).toBeGreaterThan(1_900);
    const body = await read;
    expect(body).toContain('word3');
    expect(body).toMatch(/data: \{"error":\{.*\}\}\s*$/);
    expect(body).not.toContain('[DONE]');
    expect((await whole).body.error).toMatchObject({ type: 'upstream_error' });
    await gateway.start();
  });

  it('do not delay the end of the process if they are idle', async () => {
    // Longer than the test: the process ends because nothing runs.
    gateway.env.DRAIN_TIMEOUT_S = '300';
    await gateway.restart();
    const silent = [connect(port, '127.0.0.1'), connect(port, '127.0.0.1', () => silent[1]?.write('GET /v1'))];
    for (const socket of silent) socket.on('error', () => undefined);
    await delay(200);
    expect(await gateway.terminate()).toBe(0);
    await gateway.start();
  });

  it.each([
    ['HOST', 78, () => ({ HOST: 'no such host' })],
    ['DATA_DIR', 78, (file: string) => ({ DATA_DIR: file })],
    ['PORT', 1, () => ({ PORT: String(port) })],
  ])(
    'are impossible with an unusable %s: the start fails with exit code %i and a message',
    async (name, code, wrong) => {
      const file = join(gateway.dataDirectory, 'a-file');
      writeFileSync(file, '');
      const free = { PORT: String(await freePort()), DATA_DIR: join(gateway.dataDirectory, `of-${name}`) };
      const made = process.env.TEST_EMPTY_DATABASE;
      if (made) cpSync(made, join(free.DATA_DIR, 'database'), { recursive: true });
      const env = { PATH: process.env.PATH, ...free, ...wrong(file) };
      const { status, stderr } = spawnSync(process.execPath, [ENTRY], {
        env,
        encoding: 'utf8',
        cwd: gateway.dataDirectory,
        timeout: 90_000,
      });
      expect([status, stderr]).toEqual([code, expect.stringContaining(name)]);
      expect(stderr).not.toContain('    at ');
    },
  );
});
