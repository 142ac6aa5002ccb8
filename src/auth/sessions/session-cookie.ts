import type { FastifyRequest } from 'fastify';
import { parseCookie, stringifySetCookie } from 'cookie';
import { GatewayError } from '../../common/errors';

/** With the prefix a browser sends it over HTTPS only, to this host only. */
const SECURE_NAME = '__Host-tg_session';
/** On plain HTTP a browser refuses the prefix. */
const PLAIN_NAME = 'tg_session';

type Headers = FastifyRequest['headers'];

/**
 * The cookie of sessions, out of reach of scripts and of other sites.
 *
 * @see https://datatracker.ietf.org/doc/html/draft-ietf-httpbis-rfc6265bis#name-the-__host-prefix
 */
export class SessionCookie {
  private readonly name: string;
  private readonly secure: boolean;

  /** @param publicUrl the address that people use, if the operator has set it */
  constructor(private readonly publicUrl: string | undefined) {
    this.secure = publicUrl?.startsWith('https:') ?? false;
    this.name = this.secure ? SECURE_NAME : PLAIN_NAME;
  }

  /** The token of a request; undefined without one. */
  read({ cookie }: Headers): string | undefined {
    return cookie === undefined ? undefined : parseCookie(cookie)[this.name];
  }

  /** The header that sets the cookie until the browser is closed. */
  set(token: string): string {
    return this.header(token);
  }

  /** The header that removes it. */
  clear(): string {
    return this.header('', 0);
  }

  /**
   * A session over plain HTTP can be read on the way: it needs a loopback address, or an operator who sets PUBLIC_URL.
   *
   * @throws GatewayError `forbidden`
   */
  requireSafe({ host = '' }: Headers): void {
    if (this.publicUrl !== undefined || isLoopback(host)) return;
    const message =
      'Sign-in over plain HTTP works on 127.0.0.1 and localhost only. Set PUBLIC_URL to the address that people use, as ' +
      'https://llm.example.com; an address with http:// allows plain HTTP.';
    throw new GatewayError('forbidden', { message });
  }

  private header(value: string, maxAge?: number): string {
    const { name, secure } = this;
    return stringifySetCookie({ name, value, httpOnly: true, sameSite: 'lax', secure, path: '/', maxAge });
  }
}

function isLoopback(host: string): boolean {
  const name = host.replace(/:\d+$/, '');
  return name === 'localhost' || name === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(name);
}
