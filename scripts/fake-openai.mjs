/** Runs the fake OpenAI of the tests separately: `node scripts/fake-openai.mjs [--port n] [--log file]`. */
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { transformSync } from '@swc/core';

const source = join(import.meta.dirname, '../test/support/fake-openai');
const compiled = mkdtempSync(join(tmpdir(), 'fake-openai-'));
for (const name of readdirSync(source, { recursive: true }).filter(
  (file) => file.endsWith('.ts') && !file.endsWith('.spec.ts'),
)) {
  const { code } = transformSync(readFileSync(join(source, name), 'utf8'), {
    filename: name,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'commonjs' },
  });
  const target = join(compiled, name.replace(/ts$/, 'js'));
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, code);
}
const { FakeOpenAi } = createRequire(import.meta.url)(join(compiled, 'fake-openai.js'));
rmSync(compiled, { recursive: true });

const { values } = parseArgs({ options: { port: { type: 'string' }, log: { type: 'string' } } });
const fake = await FakeOpenAi.start({ port: Number(values.port ?? 0), logFile: values.log });
process.stdout.write(`${fake.baseUrl}\n`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => void fake.stop().then(() => process.exit(0)));
}
