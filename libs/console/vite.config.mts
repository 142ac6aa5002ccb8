import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Builds the console for `/console`. `vite libs/console` serves it while one works on it, with the gateway on port 3000. */
export default defineConfig({
  root: at('.'),
  base: '/console/',
  plugins: [react()],
  resolve: {
    alias: { '@thriftgate/sdk': at('../sdk/src'), '@thriftgate/contracts': at('../contracts/src') },
  },
  // The server puts a fresh nonce in the place of this word.
  html: { cspNonce: '__CSP_NONCE__' },
  build: {
    outDir: at('../../dist/console'),
    emptyOutDir: true,
    target: 'es2023',
    // The policy of the page allows no `data:` fonts, and each file has a name that can be cached for ever.
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 800,
    rolldownOptions: {
      output: {
        // Few files: what the overview needs is one, which compresses better than eighty; what many pages share is another.
        codeSplitting: {
          groups: [
            { name: 'overview', test: /console.src.(main|shell.shell|overview.overview-page)\.tsx$/ },
            { name: 'shared', minShareCount: 4 },
          ],
        },
      },
    },
  },
  server: { proxy: { '^/(admin|auth|v1|docs|health)': 'http://127.0.0.1:3000' } },
});
