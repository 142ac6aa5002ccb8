#!/usr/bin/env node
// The command line, from the build. `npx thriftgate` runs it.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

const build = fileURLToPath(new URL('../../../dist/libs/sdk/src/cli/main.js', import.meta.url));
if (!existsSync(build)) {
  process.stderr.write('The command line is not built yet: npm ci && npm run build\n');
  process.exit(2);
}
const { main } = createRequire(import.meta.url)(build);
process.exitCode = await main(process.argv.slice(2), process.env);
