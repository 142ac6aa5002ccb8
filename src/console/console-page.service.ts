import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Injectable } from '@nestjs/common';
import { GatewayError } from '../common/errors';
import { VERSION } from '../common/version';

/** What `npm run build` makes of libs/console, beside the built server. */
const BUILT = resolve(__dirname, '../../console');
/** The build writes these words; each page gets values in their place. */
const NONCE = '__CSP_NONCE__';
const VERSION_WORD = '__GATEWAY_VERSION__';
const NONCE_BYTES = 16;

/** The one HTML page of the console, with a policy that allows the scripts and styles of this gateway alone. */
@Injectable()
export class ConsolePage {
  /** The folder of the scripts, styles and fonts; undefined if the console is not built. */
  readonly assets: string | undefined;
  /** Changes with each release and each build of the console. */
  readonly version: string;
  private readonly html: string | undefined;

  constructor() {
    const file = join(BUILT, 'index.html');
    this.html = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    this.assets = this.html === undefined ? undefined : join(BUILT, 'assets');
    this.version = `${VERSION}+${createHash('sha256')
      .update(this.html ?? '')
      .digest('hex')
      .slice(0, 8)}`;
  }

  /** The page with a nonce of its own, and the headers that go with it. @throws GatewayError `not_found` without a build */
  render(): { html: string; headers: Record<string, string> } {
    if (this.html === undefined)
      throw new GatewayError('not_found', {
        message: 'The console is not built. Run npm run build, then start again.',
      });
    const nonce = randomBytes(NONCE_BYTES).toString('base64');
    const html = this.html.replaceAll(NONCE, nonce).replaceAll(VERSION_WORD, this.version);
    return { html, headers: { ...SECURITY_HEADERS, 'content-security-policy': policy(nonce) } };
  }
}

const SECURITY_HEADERS = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'cross-origin-opener-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

/** Components add style elements with the nonce, and no style attributes. */
function policy(nonce: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    "style-src-attr 'none'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}
