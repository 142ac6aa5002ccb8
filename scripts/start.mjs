// Builds if there is no build or the sources are newer, then runs the gateway or the given program.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from './build.mjs';

// Before the build, which an older Node fails with a stack. As `engines` in package.json.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`The gateway needs Node 20.19 or later; this is Node ${process.versions.node}. Install a newer Node.`);
  process.exit(78);
}

const root = fileURLToPath(new URL('..', import.meta.url));

export { build } from './build.mjs';

/** Builds what is missing or older than its sources: the gateway, the console, or both. */
export const buildIfNeeded = () => build({ all: false });

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  buildIfNeeded();
  const [program = 'main', ...args] = process.argv.slice(2);
  const gateway = spawn(process.execPath, [join(root, `dist/src/${program}.js`), ...args], {
    stdio: 'inherit',
  });
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => gateway.kill(signal));
  gateway.on('exit', (code, signal) => process.exit(code ?? (signal ? 1 : 0)));
}
