/** Runs the stand-in of the vendors: `npm run vendors -- [--port n] [--log file] [--lenient]`. Prints the environment that calls it. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { transformSync } from '@swc/core';

const { values } = parseArgs({
  options: { port: { type: 'string' }, log: { type: 'string' }, lenient: { type: 'boolean' } },
});
const { VendorServer } = loadTypeScript('vendors/vendor-server.js');
const vendors = await VendorServer.start({
  port: Number(values.port ?? 0),
  logFile: values.log,
  strict: values.lenient !== true,
});
for (const [name, value] of Object.entries(vendors.env)) process.stdout.write(`${name}=${value}\n`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void vendors.stop().then(() => process.exit(0)));
}

/** Compiles the fakes of the tests, and loads one of their files. */
function loadTypeScript(file) {
  const source = join(import.meta.dirname, '../test/support');
  const compiled = mkdtempSync(join(tmpdir(), 'vendors-'));
  for (const folder of ['vendors', 'fake-openai', 'fake-anthropic', 'gemini']) {
    const names = readdirSync(join(source, folder), { recursive: true });
    for (const name of names.filter((each) => each.endsWith('.ts') && !each.endsWith('.spec.ts'))) {
      const { code } = transformSync(readFileSync(join(source, folder, name), 'utf8'), {
        filename: name,
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
      });
      const target = join(compiled, folder, name.replace(/ts$/, 'js'));
      mkdirSync(dirname(target), { recursive: true });
      writeFileSync(target, code);
    }
  }
  try {
    return createRequire(import.meta.url)(join(compiled, file));
  } finally {
    rmSync(compiled, { recursive: true });
  }
}
