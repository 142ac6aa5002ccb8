// Builds if there is no build or the sources are newer, then runs the gateway or the given program.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Before the build, which an older Node fails with a stack. As `engines` in package.json.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`The gateway needs Node 20.19 or later; this is Node ${process.versions.node}. Install a newer Node.`);
  process.exit(78);
}

const root = fileURLToPath(new URL('..', import.meta.url));
const entry = join(root, 'dist/src/main.js');

function newest(path) {
  const stat = statSync(path);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(path).map((name) => newest(join(path, name))));
}

const isStale = () =>
  ['src', 'libs', 'package.json', 'tsconfig.json'].some((path) => newest(join(root, path)) > statSync(entry).mtimeMs);

export function build() {
  console.error('Building the gateway, once; this takes up to a minute …');
  const { status } = spawnSync(process.execPath, [join(root, 'node_modules/@nestjs/cli/bin/nest.js'), 'build'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status !== 0) process.exit(status ?? 1);
}

export function buildIfNeeded() {
  if (!existsSync(entry) || isStale()) build();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  buildIfNeeded();
  const [program = 'main', ...args] = process.argv.slice(2);
  const gateway = spawn(process.execPath, [join(root, `dist/src/${program}.js`), ...args], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => gateway.kill(signal));
  gateway.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
