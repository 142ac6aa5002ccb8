// Builds libs/console into dist/console, and compresses what is served as it is: the server sends the `.br` and `.gz` files.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'vite';

const root = fileURLToPath(new URL('..', import.meta.url));
const assets = join(root, 'dist/console/assets');
/** Fonts are compressed already. */
const COMPRESSIBLE = /\.(js|css|svg)$/;

await build({ configFile: join(root, 'libs/console/vite.config.mts'), logLevel: 'warn' });
for (const name of readdirSync(assets).filter((each) => COMPRESSIBLE.test(each))) {
  const content = readFileSync(join(assets, name));
  writeFileSync(
    join(assets, `${name}.br`),
    brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: content.length } }),
  );
  writeFileSync(join(assets, `${name}.gz`), gzipSync(content, { level: 9 }));
}
