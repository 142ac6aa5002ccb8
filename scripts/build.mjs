// `npm run build`: the server into dist/src and dist/libs, then the console into dist/console. Each part leaves the other as it is.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (path) => join(root, path);

const PARTS = [
  {
    name: 'gateway',
    output: 'dist/src/main.js',
    sources: ['src', 'libs', 'package.json', 'tsconfig.json'],
    without: ['libs/console'],
    build() {
      for (const path of ['dist/src', 'dist/libs', 'dist/tsconfig.build.tsbuildinfo'])
        rmSync(at(path), { recursive: true, force: true });
      return run('node_modules/@nestjs/cli/bin/nest.js', 'build');
    },
  },
  {
    name: 'console',
    output: 'dist/console/index.html',
    sources: ['libs/console', 'libs/sdk', 'package.json'],
    without: [],
    build: () => run('scripts/build-console.mjs'),
  },
];

function run(...args) {
  const stdio = ['ignore', 'ignore', 'inherit'];
  return spawnSync(process.execPath, [at(args[0]), ...args.slice(1)], { cwd: root, stdio }).status ?? 1;
}

/** When the newest file below a path was changed, in milliseconds. */
function newest(path, without) {
  if (without.includes(path)) return 0;
  const stat = statSync(at(path));
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(0, ...readdirSync(at(path)).map((name) => newest(join(path, name), without)));
}

function isStale({ output, sources, without }) {
  if (!existsSync(at(output))) return true;
  const builtAt = statSync(at(output)).mtimeMs;
  return sources.some((path) => newest(path, without) > builtAt);
}

/** Builds what is missing or older than its sources; ends the process if a build fails. */
export function build({ all = true } = {}) {
  for (const part of PARTS.filter((each) => all || isStale(each))) {
    console.error(`Building the ${part.name}, once; this takes up to a minute …`);
    const status = part.build();
    if (status !== 0) process.exit(status);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) build();
