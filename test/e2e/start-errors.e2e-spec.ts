import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
const ENTRY = join(ROOT, 'dist/src/main.js');
const OLD_NODE = `Object.defineProperty(process.versions, 'node', { value: '18.20.4' });`;

/** Fault N14: stack traces in place of one clear line. */
describe('what keeps the gateway from starting', () => {
  let directory: string;

  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'thriftgate-start-'));
  });
  afterEach(() => rmSync(directory, { recursive: true }));

  const start = (env: Record<string, string>, args = [ENTRY]) => {
    const all = { PATH: process.env.PATH, ...env };
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: directory,
      env: all,
      encoding: 'utf8',
      timeout: 90_000,
    });
    return { status, stdout, stderr };
  };

  it.each([
    ['no server listens', 'postgres://user:hidden-word@127.0.0.1:1/x'],
    ['the name has no address', 'postgres://user:hidden-word@nowhere.invalid:1/x'],
  ])('N14: is said in one line where PostgreSQL is unreachable: %s', (_name, url) => {
    const { status, stdout, stderr } = start({ DATABASE_URL: url, SECRET_KEY: 'x'.repeat(16), OPENAI_API_KEY: 'a' });
    expect(stderr).toMatch(/^The PostgreSQL of DATABASE_URL cannot be used: .*:1: .*\n$/);
    expect(stdout + stderr).not.toMatch(/hidden-word| {4}at /);
    expect(status).toBe(1);
  });

  it('N14: is said before the embedded database is made where the port is in use', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const { status, stdout, stderr } = start({ PORT: String(port), HOST: '127.0.0.1' });
    server.close();
    expect(stderr).toMatch(
      new RegExp(`^The gateway cannot listen on PORT ${port} of HOST 127.0.0.1: .*another PORT.\\n$`),
    );
    expect(stdout).toBe('');
    expect(existsSync(join(directory, 'data/database'))).toBe(false);
    expect(status).toBe(1);
  });

  it('N14: is said where DATA_DIR cannot be made', () => {
    writeFileSync(join(directory, 'file'), '');
    const { status, stderr } = start({ DATA_DIR: join(directory, 'file/data') });
    expect(stderr).toMatch(/^The configuration has 1 error:\n {2}- DATA_DIR: .* cannot be used: .*\n$/);
    expect(status).toBe(78);
  });

  it.each([['dist/src/main.js'], ['scripts/start.mjs']])('N14: is said where Node is too old: %s', (entry) => {
    const preload = join(directory, 'old-node.cjs');
    writeFileSync(preload, OLD_NODE);
    const { status, stdout, stderr } = start({}, ['-r', preload, join(ROOT, entry)]);
    expect(stderr).toMatch(/^The gateway needs Node 20\.19 or later; this is Node 18\.20\.4\. .*\n$/);
    expect([stdout, status]).toEqual(['', 78]);
  });
});
