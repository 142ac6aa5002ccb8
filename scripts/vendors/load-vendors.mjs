import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { transformSync } from '@swc/core';

/** Compiles the stand-in of the vendors, which the tests have in TypeScript, and loads it: its `VendorServer`. */
export function loadVendorServer() {
  const source = join(import.meta.dirname, '../../test/support');
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
    return createRequire(import.meta.url)(join(compiled, 'vendors/vendor-server.js')).VendorServer;
  } finally {
    rmSync(compiled, { recursive: true });
  }
}
