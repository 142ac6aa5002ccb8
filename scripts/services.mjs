// Starts a separate PostgreSQL and Redis for the tests, if their programs are installed.
import { spawn, spawnSync } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const which = (name) => spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim() || undefined;

/** The path of the browser that the console is tested in. */
export const chromium = () => which('chromium') ?? which('chromium-browser') ?? which('google-chrome');

/** A port of this machine that nothing listens on. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function postgresBin() {
  const onPath = which('initdb');
  if (onPath) return join(onPath, '..');
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return undefined;
  return readdirSync(root)
    .map((version) => join(root, version, 'bin'))
    .filter((bin) => existsSync(join(bin, 'initdb')))
    .at(-1);
}

/** PostgreSQL refuses to run as root; Debian's package creates a user for it. */
const asPostgres = (command) => (process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--', ...command] : command);

const postgresId = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout);

const run = ([program, ...args]) => spawn(program, args, { stdio: 'ignore', cwd: tmpdir() });

export async function startPostgres() {
  const bin = postgresBin();
  if (!bin) return undefined;
  const directory = mkdtempSync(join(tmpdir(), 'thriftgate-postgres-'));
  if (process.getuid?.() === 0) {
    chownSync(directory, postgresId('-u'), postgresId('-g'));
  }
  const data = join(directory, 'data');
  const [program, ...args] = asPostgres([
    join(bin, 'initdb'),
    '-D',
    data,
    '-U',
    'postgres',
    '-A',
    'trust',
    '--no-sync',
  ]);
  const made = spawnSync(program, args, { encoding: 'utf8', cwd: tmpdir() });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const port = await freePort();
  const settings = [
    'fsync=off',
    'max_connections=200',
    `unix_socket_directories=${directory}`,
    'listen_addresses=127.0.0.1',
  ];
  const server = run(
    asPostgres([
      join(bin, 'postgres'),
      '-D',
      data,
      '-p',
      String(port),
      ...settings.flatMap((setting) => ['-c', setting]),
    ]),
  );
  for (
    let tries = 0;
    tries < 100 && spawnSync(join(bin, 'pg_isready'), ['-h', '127.0.0.1', '-p', String(port)]).status !== 0;
    tries += 1
  ) {
    await delay(100);
  }
  return {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      spawnSync('sh', ['-c', `kill -INT $(head -1 ${data}/postmaster.pid)`]);
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

/** With enough databases for the gateways that the tests start. */
export async function startRedis() {
  const program = which('redis-server');
  if (!program) return undefined;
  const port = await freePort();
  const memoryOnly = ['--save', '', '--appendonly', 'no'];
  const server = run([program, '--port', String(port), '--bind', '127.0.0.1', '--databases', '1024', ...memoryOnly]);
  await delay(300);
  return {
    url: `redis://127.0.0.1:${port}`,
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      server.kill('SIGTERM');
      await ended;
    },
  };
}
